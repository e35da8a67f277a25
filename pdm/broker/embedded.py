"""The embedded broker: a real Apache Kafka of one node as a child process, durable in a directory."""

import base64
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from pdm.broker import jars, java
from pdm.broker.lock import DirectoryLock
from pdm.broker.ports import free_port, is_free
from pdm.broker.probe import serves
from pdm.broker.processes import Child
from pdm.broker.properties import Listener, properties
from pdm.errors import BrokerError
from pdm.settings import Settings

SMALL = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true"]
LOGGING = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true"]
ATTEMPTS = 3
"""Starts in a row, each on other ports, before a port that was taken in between counts as a failure."""


class EmbeddedKafka:
    """One Apache Kafka on loopback; topics, offsets and groups stay in `data_dir` between starts.

    The port is free to change between starts, unless `port` names one; a second `start` of the same
    object keeps its port. Use it as a context manager, or `start` and `stop` it. Ends with its process.

    listeners : further ports, with TLS or SASL
    users     : "MECHANISM=[name=NAME,password=PASSWORD]" for SCRAM, created with the directory
    """

    def __init__(
        self,
        data_dir: Path,
        port: int = 0,
        ready_within: float = 60.0,
        settings: Settings | None = None,
        listeners: Sequence[Listener] = (),
        users: Sequence[str] = (),
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.port = port
        self._ready_within = ready_within
        self._settings = settings
        self.listeners = listeners
        self._users = users
        self._lock = DirectoryLock(self.data_dir / "lock")
        self._child: Child | None = None

    @property
    def bootstrap(self) -> str:
        """Address for clients, HOST:PORT."""
        return f"127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """File with what the broker says."""
        return self.data_dir / "kafka.log"

    @property
    def pid(self) -> int:
        """Process id of the broker; raises BrokerError if it was not started."""
        return self._running().pid

    def start(self) -> Self:
        """Start, and return when the broker serves; a refusal or a failure raises BrokerError."""
        if self._child is not None and self._child.status() is None:
            return self
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._lock.release()
        self._lock.acquire()
        try:
            self._launch(jars.classpath(self._settings), str(java.find()))
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop in order, and give the directory back; nothing happens if it does not run."""
        if self._child is not None:
            self._child.stop()
        self._child = None
        self._lock.release()

    def kill(self) -> None:
        """Crash the broker (SIGKILL); `start` brings it back with what it had."""
        self._running().kill()
        self._child = None
        self._lock.release()

    def alive(self) -> bool:
        """Tell whether the broker's process runs."""
        return self._child is not None and self._child.status() is None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _running(self) -> Child:
        if self._child is None:
            raise BrokerError("the embedded broker was not started")
        return self._child

    def _launch(self, classpath: str, java_path: str) -> None:
        """Format where needed, start, wait; a port that another took in between gives another attempt."""
        run = [java_path, "-Xms128m", "-Xmx512m", *SMALL, *LOGGING, "-cp", classpath]
        for attempt in range(1, ATTEMPTS + 1):
            if not (self.port and is_free(self.port)):
                self.port = free_port()
            settings = self.data_dir / "server.properties"
            settings.write_text(
                properties(self.data_dir / "log", self.port, free_port(), self.listeners), "utf-8"
            )
            if not (self.data_dir / "log" / "meta.properties").exists():
                self._format([java_path, "-Xmx128m", *SMALL, *LOGGING, "-cp", classpath], settings)
            if self.log.exists():
                self.log.replace(self.log.with_suffix(".log.1"))
            self._child = Child(
                [*run, "kafka.Kafka", str(settings)], self.log, keep=[self._lock.fd], grace=15.0
            )
            if self._becomes_ready():
                return
            if attempt == ATTEMPTS or "Address already in use" not in self._said():
                raise BrokerError(f"Apache Kafka did not start; {self.log} ends with:\n{self._said()}")

    def _format(self, run: list[str], settings: Path) -> None:
        """Give the new storage its identity: 16 random bytes, base64url, not beginning with a dash."""
        identity = "-"
        while identity.startswith("-"):
            identity = base64.urlsafe_b64encode(os.urandom(16)).rstrip(b"=").decode()
        tool = ["kafka.tools.StorageTool", "format", "-t", identity, "-c", str(settings), "--standalone"]
        for user in self._users:
            tool += ["--add-scram", user]
        done = subprocess.run(  # noqa: S603 - our own command
            [*run, *tool], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise BrokerError(f"Kafka's storage could not be formatted: {done.stdout}{done.stderr}")

    def _becomes_ready(self) -> bool:
        """Wait until the broker serves; False if it ended instead, BrokerError if it takes too long."""
        deadline = time.monotonic() + self._ready_within
        while time.monotonic() < deadline:
            if self._running().status() is not None:
                return False
            if serves("127.0.0.1", self.port):
                return True
            time.sleep(0.05)
        raise BrokerError(f"Apache Kafka did not answer within {self._ready_within:.0f} s, see {self.log}")

    def _said(self) -> str:
        """Return the end of the broker's log."""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-30:])

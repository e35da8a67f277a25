"""The whole service on this machine: the broker, its topics, and a process for each command."""

import logging
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import structs

from pdm.broker import topics
from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.lag import lags
from pdm.broker.lock import DirectoryLock
from pdm.broker.ports import free_port, is_free
from pdm.broker.pressure import HELD_BACK
from pdm.broker.security import PLAIN, security
from pdm.errors import PdmError
from pdm.settings import Address, Settings, environment
from pdm.store.open import is_away
from pdm.supervision import record
from pdm.supervision.broker import SupervisedBroker
from pdm.supervision.fleet import Fleet
from pdm.supervision.readiness import why_not
from pdm.supervision.stalls import StallWatch
from pdm.supervision.worker import Worker

log = logging.getLogger(__name__)

COMMANDS = {
    name: (sys.executable, "-m", "pdm", name)
    for name in ("gateway", "ingest", "align", "monitor", "advisor", "recorder", "historian")
}
"""What runs, by name, in the order in which it stops: each reads what the ones before it write."""

GIVE_BACK = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(1 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(16 << 20),
}
"""Has glibc give memory back: large arrays come and go, and each thread would keep room for its own.
Who sets one of these otherwise is obeyed; other systems do not look at them."""

HOPELESS = 3
"""Ends of the gateway in a row before the start counts as failed."""


class ServiceError(PdmError):
    """The service as a whole could not be started."""


class Service:
    """A running service; a context manager, or `start` and `stop` it, once.

    settings : what all processes share; an http port of 0 takes a free one
    embedded : start a broker of our own in data_dir, otherwise settings.bootstrap is used
    commands : name -> command line, in the order of stopping; one of them, `gateway`, serves /readyz
    """

    def __init__(
        self,
        settings: Settings,
        embedded: bool = True,
        commands: Mapping[str, Sequence[str]] = COMMANDS,
        ready_within: float = 90.0,
    ) -> None:
        self.settings = structs.replace(settings, data_dir=settings.data_dir.absolute())
        self._embedded = embedded
        self._commands = commands
        self._ready_within = ready_within
        self._metrics: dict[str, str] = {}
        self._security = PLAIN
        self._lock = DirectoryLock(self.settings.data_dir / "lock")
        self._fleet = Fleet(self._record)
        groups = {f"pdm-{name}": name for name in commands}
        self._stalls = StallWatch(
            lambda: lags(self.bootstrap, self._security), self._restart_stalled, groups, self._fleet.pids
        )
        self._stalled = dict.fromkeys(commands, 0)
        self._since: dict[str, tuple[int, float]] = {}

    @property
    def bootstrap(self) -> str:
        """Address of the broker in use."""
        return self.settings.bootstrap

    @property
    def url(self) -> str:
        """Where the gateway answers, for clients on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.settings.http.host, self.settings.http.host)  # noqa: S104 - compared, not bound
        scheme = "https" if self.settings.tls_cert else "http"
        return f"{scheme}://{Address(host, self.settings.http.port)}"

    @property
    def pids(self) -> dict[str, int]:
        """Process id of each process that runs now, by name; the embedded broker is `kafka`."""
        return self._fleet.pids()

    @property
    def metrics(self) -> dict[str, str]:
        """Name -> HOST:PORT of each process's Prometheus metrics."""
        return dict(self._metrics)

    @property
    def restarts(self) -> dict[str, int]:
        """How often each process was started again after it had ended by itself."""
        return {member.name: member.restarts for member in self._fleet.members}

    @property
    def stalls(self) -> dict[str, int]:
        """How often each worker was restarted because it made no progress."""
        return dict(self._stalled)

    def log(self, name: str) -> Path:
        """Name the file with the output of one process."""
        return self.settings.data_dir / "logs" / f"{name}.log"

    def start(self) -> Self:
        """Start everything, and return when the gateway is ready; what fails is an error of ours."""
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        self._lock.acquire()
        try:
            self._listen()
            if self._embedded:
                self._start_broker()
            self._security = security(self.settings)
            topics.apply(self.bootstrap, self.settings.partitions, security=self._security)
            workers = self._workers()
            self._fleet.add(workers)
            self._fleet.watch()
            self._stalls.start()
            self._await(workers)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop everything in order: the gateway first, the broker last."""
        self._stalls.stop()
        self._fleet.stop()
        if self._lock.fd >= 0:
            record.remove(self.settings.data_dir)
        self._lock.release()

    def restart(self, name: str) -> None:
        """Stop one process in order and start it again."""
        self._fleet.restart(name)

    def kill(self, name: str) -> None:
        """Crash one process (SIGKILL); supervision brings it back."""
        self._fleet.kill(name)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _restart_stalled(self, name: str) -> None:
        """Restart a worker that stands still, unless it waits for a store that is away."""
        if name == "recorder" and is_away(self.settings.store_url):
            log.warning("the store is away, the recorder waits for it")
            return
        self._stalled[name] += 1
        self.restart(name)

    def _listen(self) -> None:
        """Settle where the gateway will listen."""
        host, port = self.settings.http.host, self.settings.http.port or free_port()
        if not is_free(port, host):
            raise ServiceError(f"{Address(host, port)} is in use by another process: choose another --http")
        self.settings = structs.replace(self.settings, http=Address(host, port))

    def _start_broker(self) -> None:
        kafka = EmbeddedKafka(self.settings.data_dir / "kafka", settings=self.settings)
        self._fleet.add([SupervisedBroker(kafka)])
        self.settings = structs.replace(
            self.settings, bootstrap=kafka.bootstrap, kafka_security=PLAIN.protocol
        )

    def _workers(self) -> list[Worker]:
        """Prepare a process for each command, with a port for its metrics that the others know."""
        ports = {name: free_port() for name in self._commands}
        self._metrics = {name: f"127.0.0.1:{port}" for name, port in ports.items()}
        return [
            Worker(name, command, self._environment(name, ports[name]), self.log(name))
            for name, command in self._commands.items()
        ]

    def _environment(self, name: str, port: int) -> dict[str, str]:
        others = {other: where for other, where in self._metrics.items() if other != name}
        own = structs.replace(self.settings, metrics=Address("127.0.0.1", port), metrics_targets=others)
        return {**GIVE_BACK, **os.environ, "PYTHONUNBUFFERED": "1", **environment(own)}

    def _await(self, workers: Sequence[Worker]) -> None:
        """Wait for the gateway; raises ServiceError with its last words if it does not become ready."""
        gateway = next(worker for worker in workers if worker.name == "gateway")
        deadline = time.monotonic() + self._ready_within
        while not self._serves():
            if gateway.restarts >= HOPELESS or time.monotonic() > deadline:
                raise ServiceError(
                    f"the gateway is not ready; {gateway.output} ends with:\n{gateway.last_words()}"
                )
            time.sleep(0.1)

    def _serves(self) -> bool:
        """Tell whether the gateway does its work: holding readings back until others catch up is such."""
        why = why_not(self.url, certificate=self.settings.tls_cert)
        return not why or why.startswith(HELD_BACK)

    def _record(self) -> None:
        """Say in the data directory where everything is now."""
        pids, now = self.pids, time.time()
        for name, pid in pids.items():
            if self._since.get(name, (0, 0.0))[0] != pid:
                self._since[name] = (pid, now)
        record.write(
            self.settings.data_dir,
            record.ServiceRecord(
                pid=os.getpid(),
                bootstrap=self.bootstrap,
                url=self.url,
                data_dir=str(self.settings.data_dir),
                pids=pids,
                metrics=self.metrics,
                restarts=self.restarts,
                stalls=self.stalls,
                since={name: at for name, (pid, at) in self._since.items() if pids.get(name) == pid},
            ),
        )

"""A real PostgreSQL in a directory of its own, that may be crashed."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psycopg

from pdm.broker.ports import free_port

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "shared_buffers": "16MB",
    "max_connections": "60",
}
SORTING = ("--locale-provider=icu", "--icu-locale=en-US", "--locale=C", "--encoding=UTF8")
"""A locale that sorts as people do, not by bytes: what relies on bytes has to say so."""
BESIDE = Path("/usr/lib/postgresql")
"""Where Debian keeps PostgreSQL's programs, version by version, and off the PATH."""
PATIENCE_S = 60.0


class Postgresql:
    """One server, by its process id; it may be killed and started again.

    initdb, postgres : paths of its programs, see `program`
    durable          : whether it waits for the disk, as it has to where the machine may crash
    """

    def __init__(self, initdb: str, postgres: str, durable: bool = False) -> None:
        self._postgres = postgres
        self._settings = SETTINGS | {"fsync": "on" if durable else "off"}
        self._folder = Path(tempfile.mkdtemp(prefix="pdm-postgresql-"))
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        if os.geteuid() == 0:
            shutil.chown(self._folder, **_somebody())
        self._run(initdb, "-D", self._data, "-U", "pdm", "-A", "trust", "--no-sync", *SORTING).wait(60)

    def start(self) -> None:
        """Start it and wait until it answers; the shared memory of one that was killed may take a while.

        raises TimeoutError where it does not
        """
        settings = {
            **self._settings,
            "port": str(self._port),
            "unix_socket_directories": str(self._folder),
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        deadline, pause = time.monotonic() + PATIENCE_S, threading.Event()
        while True:
            if self._process is None or self._process.poll() is not None:
                self._process = self._run(self._postgres, "-D", self._data, *options)
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"PostgreSQL did not start within {PATIENCE_S:g} s") from None
                pause.wait(0.02)
            else:
                return

    def kill(self) -> None:
        """Crash it: SIGKILL to the server, whose children notice and end."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Stop it in order."""
        self._end(signal.SIGINT)

    def remove(self) -> None:
        """Stop it and remove what it wrote."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def database(self) -> str:
        """Create an empty database and return its URL."""
        self._databases += 1
        name = f"pdm{self._databases}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)

    def url(self, database: str) -> str:
        """Return the URL of a database."""
        return f"postgresql://pdm@127.0.0.1:{self._port}/{database}"

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def _end(self, number: int) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        self._process.wait(60)
        self._process = None

    def _run(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a program of PostgreSQL, which refuses to run as root."""
        somebody: dict[str, Any] = {**_somebody(), "extra_groups": []} if os.geteuid() == 0 else {}
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder, **somebody)  # noqa: S603


def program(name: str) -> str | None:
    """Find a program, also where Debian keeps PostgreSQL's; None where it is not installed."""
    newest = sorted((str(folder) for folder in BESIDE.glob("*/bin")), reverse=True)
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(newest))


def _somebody() -> dict[str, Any]:
    """Name a user without rights, and its group."""
    known = {user.pw_name: user for user in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid}

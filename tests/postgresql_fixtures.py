"""Fixtures that start a real PostgreSQL in a directory of its own; each worker of a test run has one."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from programs import require
from waiting import until

from pdm.broker.ports import free_port

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "shared_buffers": "16MB",
    "max_connections": "60",
}
SORTING = ("--locale-provider=icu", "--icu-locale=en-US", "--locale=C", "--encoding=UTF8")
"""A locale that sorts as people do, not by bytes: what relies on bytes has to say so."""


class Postgresql:
    """One server, by its process id; it may be killed and started again."""

    def __init__(self) -> None:
        self._initdb, self._postgres = require("initdb"), require("postgres")
        self._folder = Path(tempfile.mkdtemp(prefix="pdm-postgresql-"))
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        if os.geteuid() == 0:
            shutil.chown(self._folder, **_somebody())
        self._run(self._initdb, "-D", self._data, "-U", "pdm", "-A", "trust", "--no-sync", *SORTING).wait(60)

    def start(self) -> None:
        """Start it and wait until it answers; the shared memory of one that was killed may take a while."""
        settings = {**SETTINGS, "port": str(self._port), "unix_socket_directories": str(self._folder)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

        def answers() -> bool:
            if self._process is None or self._process.poll() is not None:
                self._process = self._run(self._postgres, "-D", self._data, *options)
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                return False
            return True

        until(answers, 60)

    def kill(self) -> None:
        """Crash it: SIGKILL to the server, whose children notice and end."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Stop it in order."""
        if self._process is not None:
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
        assert self._process is not None
        self._process.send_signal(number)
        self._process.wait(60)
        self._process = None

    def _run(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a program of PostgreSQL, which refuses to run as root."""
        somebody: dict[str, Any] = {**_somebody(), "extra_groups": []} if os.geteuid() == 0 else {}
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder, **somebody)


def _somebody() -> dict[str, Any]:
    """Name a user without rights, and its group."""
    known = {user.pw_name: user for user in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid}


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    """One server for the whole session; a test takes a database of its own."""
    yield from _running()


@pytest.fixture
def fresh_postgresql() -> Iterator[Postgresql]:
    """A server for one test alone, for tests that crash it."""
    yield from _running()


def _running() -> Iterator[Postgresql]:
    server = Postgresql()
    try:
        server.start()
        yield server
    finally:
        server.remove()

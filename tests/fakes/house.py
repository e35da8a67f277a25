"""A gateway behind its guard, with a store, a file of keys, and two machines in two places."""

from pathlib import Path
from typing import Any

import httpx
from fakes.gateway import NOW, with_client
from fakes.outlet import FakeOutlet
from fakes.records import make_advice, make_event, make_status

from pdm.access import book
from pdm.access.keyring import Keyring
from pdm.access.keys import Key, Role
from pdm.gateway.app import create_app
from pdm.gateway.guard import Guard, Guarded
from pdm.plant.load import parse
from pdm.store.protocol import Batch, Row
from pdm.store.sqlite import open_reader, open_writer

PLANT = parse(
    '[[machines]]\nasset = "pump-0"\npath = "north/hall-2"\n[[machines]]\nasset = "pump-1"\npath = "south"\n',
    "p",
)


class House:
    """A gateway with a store, a fake outlet and a file of keys."""

    def __init__(self, folder: Path, *, required: bool = True) -> None:
        self.outlet = FakeOutlet()
        self.keys = folder / "keys.json"
        writer = open_writer(folder / "pdm.sqlite")
        rows: tuple[Row, ...] = tuple(
            row
            for n in range(2)
            for row in (
                make_status(f"pump-{n}"),
                make_event(n, asset=f"pump-{n}"),
                make_advice(n, asset=f"pump-{n}"),
            )
        )
        writer.record(Batch("t", 0, 0, 1, (*rows, make_status("pump-9"))))
        writer.close()
        self.store = open_reader(folder / "pdm.sqlite")
        app = create_app(
            PLANT,
            self.outlet,
            1,
            self.store,
            clock_ns=lambda: NOW,
            linger_s=0.0,
            backlog=lambda: {"align": 0},
        )
        self.app = Guarded(app, Guard(Keyring(self.keys, PLANT), required=required))

    def key(self, role: Role, *paths: str, name: str = "plc", rate: float = 0.0, burst: float = 0.0) -> str:
        """Create a key and return its text."""
        wanted = Key(id="", name=name, role=role, paths=paths, rate=rate, burst=burst)
        return str(book.create(self.keys, wanted)[1])

    def ask(
        self, method: str, path: str, key: str = "", content: Any = None, **headers: str
    ) -> httpx.Response:
        """Ask once, with a key if there is one."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {"Authorization": f"Bearer {key}"} if key else {}

        async def use(client: httpx.AsyncClient) -> httpx.Response:
            return await client.request(method, path, content=content, headers=sent)

        return with_client(self.app, use)

    def post(self, key: str, content: bytes, **headers: str) -> httpx.Response:
        """Post readings."""
        return self.ask("POST", "/v1/readings", key, content, Content_Type="application/json", **headers)

"""Probes, the page, and the life of the gateway."""

import asyncio

from fakes.gateway import ask, gateway
from fakes.outlet import FakeOutlet

from pdm.errors import BrokerError
from pdm.plant.load import parse


def test_alive_is_not_ready() -> None:
    """Without the broker the process lives, but says that it cannot work, and why."""
    outlet = FakeOutlet()
    app = gateway(outlet)
    assert ask(app, "GET", "/readyz").json() == {"status": "ready"}
    outlet.trouble = BrokerError("no broker")
    assert ask(app, "GET", "/healthz").json() == {"status": "alive"}
    answer = ask(app, "GET", "/readyz")
    assert (answer.status_code, answer.json()["detail"], answer.headers["retry-after"]) == (
        503,
        "no broker",
        "5",
    )


def test_the_page_links_and_escapes() -> None:
    """A name of a plant is text, and the page may run nothing."""
    plant = parse('[plant]\nname = "<script>alert(1)</script>"\n', "p")
    answer = ask(gateway(FakeOutlet(), plant), "GET", "/", Host='x"><script>')
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert 'href="/openapi.json"' in answer.text


def test_the_end_of_the_gateway_closes_the_outlet() -> None:
    """The heart stops, and the broker is let go."""
    outlet = FakeOutlet()
    app = gateway(outlet)

    async def live() -> None:
        async with app.router.lifespan_context(app):
            assert not outlet.closed

    asyncio.run(live())
    assert outlet.closed

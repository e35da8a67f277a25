"""What a browser sends without its user's will, and what a gateway on loopback asks of names."""

from pathlib import Path

import pytest
from fakes.gateway import batch
from fakes.house import House

from pdm.access.keys import Role
from pdm.records.block import Source


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Return a gateway that asks for no keys."""
    return House(tmp_path, required=False)


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "[::1]"])
def test_no_key_is_needed(house: House, host: str) -> None:
    """By any of this machine's own names, also where there are keys."""
    house.key(Role.READER)
    assert house.post("", batch(1), Host=host).status_code == 202
    assert house.ask("GET", "/v1/assets", Host=host).status_code == 200


@pytest.mark.parametrize("host", ["evil.test", "evil.test:8080", "localhost.evil.test", "10.0.0.1"])
def test_another_name_needs_a_key(house: House, host: str) -> None:
    """A name that was made to point here is a page's of somebody else; its reading is refused as well."""
    assert house.post("", batch(1), Host=host).status_code == 403
    assert house.ask("GET", "/v1/assets", Host=host).status_code == 403
    assert house.post(house.key(Role.WRITER), batch(1), Host=host).status_code == 202


def test_where_a_request_says_it_comes_from_counts_for_nothing(tmp_path: Path) -> None:
    """Beyond loopback the headers of a proxy open nothing."""
    (tmp_path / "beyond").mkdir()
    beyond = House(tmp_path / "beyond")
    for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded"):
        answer = beyond.ask("GET", "/v1/assets", Host="localhost", **{header: "127.0.0.1"})
        assert answer.status_code == 401


def test_a_key_that_is_sent_counts(house: House) -> None:
    """A wrong one is refused where there are keys; where there are none, it is nobody's business."""
    assert house.ask("GET", "/v1/assets", "anything", Host="localhost").status_code == 200
    key = house.key(Role.WRITER)
    assert house.ask("GET", "/v1/assets", "anything", Host="localhost").status_code == 401
    assert house.ask("GET", "/v1/assets", key, Host="localhost").status_code == 403
    assert house.post(key, batch(1), Host="localhost").status_code == 202
    assert house.outlet.history[0][0].block.source == Source("plc")


def test_a_page_of_another_site_changes_nothing(tmp_path: Path) -> None:
    """Not even with a key, which a browser remembers for Basic; reading and our own pages may."""
    house = House(tmp_path)
    key = house.key(Role.ADMIN)
    for origin, status in [("http://evil.test", 403), ("null", 403), ("http://pdm.test", 202)]:
        assert house.post(key, batch(1), Origin=origin).status_code == status
    assert house.ask("GET", "/v1/assets", key, Origin="http://evil.test").status_code == 200
    assert len(house.outlet.history) == 1

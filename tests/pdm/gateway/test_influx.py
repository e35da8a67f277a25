"""The questions that clients of InfluxDB ask when they start."""

import pytest
from fakes.gateway import ask, gateway
from fakes.outlet import FakeOutlet


def test_somebody_is_there() -> None:
    """Ping and health, with a version."""
    app = gateway(FakeOutlet())
    assert ask(app, "GET", "/ping").status_code == 204
    assert ask(app, "HEAD", "/ping").headers["x-influxdb-version"]
    assert ask(app, "GET", "/health").json()["status"] == "pass"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_database_can_be_created_and_listed(method: str) -> None:
    """Old clients do so first; there is none behind it."""
    app = gateway(FakeOutlet())
    created = ask(app, method, '/query?q=CREATE DATABASE "my plant"')
    assert (created.status_code, created.json()) == (200, {"results": [{"statement_id": 0}]})
    listed = ask(app, method, "/query?q=SHOW DATABASES&db=plant").json()
    assert listed["results"][0]["series"][0]["values"] == [["plant"]]


def test_a_statement_may_come_in_the_body() -> None:
    """As a form."""
    app = gateway(FakeOutlet())
    content = b"q=CREATE+DATABASE+plant"
    assert ask(app, "POST", "/query", content).status_code == 200


@pytest.mark.parametrize(
    "statement", ["", "SELECT * FROM m", "DROP DATABASE plant", "CREATE DATABASE a; DROP b"]
)
def test_other_statements_are_refused(statement: str) -> None:
    """With a word on where to ask."""
    answer = ask(gateway(FakeOutlet()), "GET", f"/query?q={statement}")
    assert (answer.status_code, "/v1/assets" in answer.json()["error"]) == (400, True)

"""The description of the API is true: every route is in it, and real answers fit it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from fakes.gateway import ask, batch, post
from fakes.outlet import FakeOutlet
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from starlette.applications import Starlette
from starlette.routing import Route

from pdm.errors import BrokerError
from pdm.gateway.app import create_app
from pdm.history.query import History
from pdm.instant import nanoseconds
from pdm.plant.load import load
from pdm.store.sqlite import open_reader


@pytest.fixture
def outlet() -> FakeOutlet:
    """Return an outlet that takes everything."""
    return FakeOutlet()


@pytest.fixture
def app(outlet: FakeOutlet, tmp_path: Path) -> Iterator[Starlette]:
    """Return a gateway with everything it can have."""
    store = open_reader(tmp_path / "pdm.sqlite")
    now = nanoseconds("2026-06-01T00:00:00Z")
    yield create_app(
        load(),
        outlet,
        1,
        store,
        clock_ns=lambda: now,
        linger_s=0.0,
        backlog=lambda: {"align": 0},
        history=History(tmp_path),
    )
    store.close()


def described(app: Starlette) -> dict[str, Any]:
    """Return the description."""
    return cast(dict[str, Any], ask(app, "GET", "/openapi.json").json())


def test_every_route_is_described_and_nothing_else(app: Starlette) -> None:
    """Paths and methods of the description are those of the application."""
    routes = {
        (route.path, method)
        for route in app.routes
        if isinstance(route, Route)
        for method in route.methods or ()
    }
    paths = described(app)["paths"]
    assert {(path, method.upper()) for path, item in paths.items() for method in item} == {
        (path, method) for path, method in routes if method != "HEAD"
    }


def test_the_description_is_well_formed(app: Starlette) -> None:
    """Version, operations, path parameters, answers; every schema and reference is sound."""
    document = described(app)
    assert document["openapi"].startswith("3.1.")
    assert document["info"].keys() >= {"title", "version"}
    operations = [
        (path, operation) for path, item in document["paths"].items() for operation in item.values()
    ]
    assert len({operation["operationId"] for _, operation in operations}) == len(operations)
    for path, operation in operations:
        declared = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
        assert declared == {part[1:-1] for part in path.split("/") if part.startswith("{")}
        assert all(answer["description"] for answer in operation["responses"].values())
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for reference in references(document):
        assert reference.removeprefix("#/components/schemas/") in document["components"]["schemas"]


def references(value: Any) -> Iterator[str]:
    """Walk over all references."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def fits(document: dict[str, Any], schema: dict[str, Any], value: Any) -> bool:
    """Say whether a value fits a schema of the description."""
    whole = {**schema, "components": document["components"]}
    return bool(Draft202012Validator(whole).is_valid(value))


def test_the_example_fits_its_schema_and_the_schema_is_strict(app: Starlette) -> None:
    """The example is a reading; without its unit it is none."""
    document = described(app)
    schema = {"$ref": "#/components/schemas/Reading"}
    example = document["components"]["schemas"]["Reading"]["examples"][0]
    assert fits(document, schema, example)
    assert not fits(document, schema, {key: value for key, value in example.items() if key != "unit"})


def test_real_answers_fit_the_description(app: Starlette, outlet: FakeOutlet) -> None:
    """Accepted, refused, unavailable, not found, listed: each has the shape and type that is promised."""
    document = described(app)
    outlet.errors = [None, BrokerError("away")]
    answers = {
        ("/v1/readings", "post", 202): post(app, batch(1)),
        ("/v1/readings", "post", 503): post(app, batch(1)),
        ("/v1/readings", "post", 422): post(app, batch(1, unit="bar")),
        ("/v1/readings", "post", 415): post(app, batch(1), Content_Type="text/csv"),
        ("/v1/sources/{source}/end", "post", 202): ask(
            app, "POST", "/v1/sources/plc/end", b'{"a": "2026-01-01T00:00:00Z"}'
        ),
        ("/v1/backfill", "post", 202): ask(
            app, "POST", "/v1/backfill", batch(1), Content_Type="application/json"
        ),
        ("/v1/assets/{asset}/readings", "get", 200): ask(app, "GET", "/v1/assets/nobody/readings"),
        ("/v1/assets/{asset}/readings", "get", 400): ask(app, "GET", "/v1/assets/nobody/readings?to=x"),
        ("/v1/assets", "get", 200): ask(app, "GET", "/v1/assets"),
        ("/v1/events", "get", 200): ask(app, "GET", "/v1/events"),
        ("/v1/assets/{asset}", "get", 404): ask(app, "GET", "/v1/assets/nobody"),
        ("/v1/backlog", "get", 200): ask(app, "GET", "/v1/backlog"),
        ("/readyz", "get", 200): ask(app, "GET", "/readyz"),
    }
    assert_described(document, answers)


def test_answers_to_clients_of_others_fit_the_description(app: Starlette) -> None:
    """Line protocol and telemetry, in InfluxDB's words or with all verdicts."""
    assert_described(
        described(app),
        {
            ("/api/v2/write", "post", 400): ask(app, "POST", "/api/v2/write", b"nonsense"),
            ("/api/v2/write", "post", 202): ask(
                app, "POST", "/api/v2/write?verdicts=1", b"m,host=a,unit=K t=1"
            ),
            ("/write", "post", 400): ask(app, "POST", "/write", b"nonsense"),
            ("/write", "post", 422): ask(app, "POST", "/write?verdicts=1", b"nonsense"),
            ("/query", "get", 200): ask(app, "GET", "/query?q=SHOW DATABASES"),
            ("/query", "post", 400): ask(app, "POST", "/query?q=DROP"),
            ("/health", "get", 200): ask(app, "GET", "/health"),
            ("/v1/telemetry", "post", 422): ask(app, "POST", "/v1/telemetry?asset=a", b'{"t": 1}'),
            ("/api/v1/{device}/telemetry", "post", 404): ask(app, "POST", "/api/v1/a/telemetry", b"{}"),
        },
    )


def assert_described(document: dict[str, Any], answers: dict[tuple[str, str, int], httpx.Response]) -> None:
    """Hold real answers against the description."""
    for (path, method, status), answer in answers.items():
        assert answer.status_code == status
        content = document["paths"][path][method]["responses"][str(status)]["content"]
        assert fits(document, content[answer.headers["content-type"]]["schema"], answer.json())

"""Asks the service's API, and says in a sentence why there is no answer."""

import os
import ssl
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click
import httpx
import msgspec

from pdm.store.protocol import MAX_LIMIT, Page

DEFAULT_URL = "http://127.0.0.1:8080"
API_KEY = "PDM_API_KEY"
"""Variable with the key that a question carries; no option, since all users of a machine see those."""
TIMEOUT_S = 10.0

T = TypeVar("T")

Parameters = list[tuple[str, str]]


class Asked(msgspec.Struct, frozen=True):
    """What somebody has asked of the service, whatever the list.

    run : namespace of a replay, "" for the live plant; limit : rows at most
    ca  : certificates to trust where the url is https; those of the system unless given
    """

    url: str
    run: str
    limit: int
    as_json: bool
    ca: Path | None = None


def service_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --url, --ca, --run, --limit and --json, which reach the command as its first argument, `Asked`."""

    @wraps(command)
    def asking(*, url: str, ca: Path | None, run: str, limit: int, as_json: bool, **others: Any) -> None:
        command(Asked(url, run, limit, as_json, ca), **others)

    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table."),
        click.option(
            "--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="Rows at most."
        ),
        click.option("--run", default="", help="Namespace of a replay run; the live plant unless said."),
        click.option(
            "--ca",
            type=click.Path(path_type=Path, exists=True, dir_okay=False),
            help="Trust these, for https.",
        ),
        click.option("--url", default=DEFAULT_URL, show_default=True, help="Where the service is."),
    ):
        asking = option(asking)
    return asking


def given(**parameters: str | None) -> Parameters:
    """Return the parameters that somebody has given."""
    return [(name, value) for name, value in parameters.items() if value]


def ask(url: str, path: str, parameters: Parameters, kind: type[T], ca: Path | None = None) -> T:
    """Return the answer of a GET; raises click.ClickException with the reason where there is none."""
    return _answered(url, path, kind, ca, params=httpx.QueryParams(tuple(parameters)))


def _answered(url: str, path: str, kind: type[T], ca: Path | None, **sent: Any) -> T:
    """Send a request, a POST where it has a content; raises click.ClickException."""
    where = url.rstrip("/") + path
    key = os.environ.get(API_KEY, "")
    said = {"Authorization": f"Bearer {key}"} if key else {}
    method, json = ("POST", {"Content-Type": "application/json"}) if "content" in sent else ("GET", {})
    try:
        verify = True if ca is None else ssl.create_default_context(cafile=ca)
        response = httpx.request(
            method, where, headers={**said, **json}, timeout=TIMEOUT_S, verify=verify, **sent
        )
    except httpx.TimeoutException as error:
        raise click.ClickException(f"{url} does not answer within {TIMEOUT_S:g} s") from error
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
        hint = "start the service with `pdmctl up`, or say where it is with --url"
        raise click.ClickException(f"nothing answers at {url} ({error}): {hint}") from error
    if not response.is_success:
        raise click.ClickException(_refusal(response))
    try:
        return msgspec.json.decode(response.content, type=kind)
    except msgspec.MsgspecError as error:
        raise click.ClickException(f"{where} is not the API of this service: {error}") from error


def post(url: str, path: str, content: msgspec.Struct, kind: type[T], ca: Path | None = None) -> T:
    """Return the answer of a POST of JSON; raises click.ClickException with the reason."""
    return _answered(url, path, kind, ca, content=msgspec.json.encode(content))


def collect(asked: Asked, path: str, parameters: Parameters, kind: type[Page[T]]) -> Page[T]:
    """Return the items of a list up to the limit, over as many pages as that takes."""
    items: list[T] = []
    cursor: str | None = None
    while True:
        paging = given(limit=str(min(asked.limit - len(items), MAX_LIMIT)), cursor=cursor)
        page = ask(asked.url, path, [*given(run=asked.run), *parameters, *paging], kind, asked.ca)
        items += page.items
        cursor = page.next
        if cursor is None or len(items) >= asked.limit:
            return Page(tuple(items), cursor)


def print_json(page: msgspec.Struct) -> None:
    """Print one JSON object on standard output."""
    click.echo(msgspec.json.encode(page))


def _refusal(response: httpx.Response) -> str:
    """Return what problem details say, else the status alone."""
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"{response.url} answers {response.status_code}: is that this service?"

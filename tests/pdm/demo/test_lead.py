"""The end of a demo on the terminal: figures first, then where they lead."""

import io
from pathlib import Path

import msgspec
from fakes.demo import result
from rich.console import Console

from pdm.demo.lead import again, follow_ups, tell


def told(*, replayed: bool = True) -> str:
    """Return what is printed, on a narrow terminal."""
    out = io.StringIO()
    card = msgspec.structs.replace(result().card, replayed=replayed)
    tell(card, Path("demo.html"), again(1), Console(file=out, width=40, highlight=False))
    return out.getvalue()


def test_says_what_was_found_and_where_the_report_is() -> None:
    """One line a figure, not broken however narrow, the report as an address to click."""
    text = told()
    assert text.startswith("4 of 4 machine faults found")
    assert Path("demo.html").absolute().as_uri() in text
    assert "0 lost, 0 twice, 0 refused, 0 dead letters\n" in text


def test_does_not_hide_a_replay_that_differs() -> None:
    """A log that gives other events is worth shouting about."""
    assert "OTHER" in told(replayed=False)
    assert "OTHER" not in told()


def test_commands_name_the_address_only_where_it_is_not_the_usual_one() -> None:
    """What is printed can be pasted and works."""
    usual = follow_ups("http://127.0.0.1:8080", "127.0.0.1:9", Path("/tmp/x"))  # noqa: S108  (only shown)
    other = follow_ups("http://127.0.0.1:9999", "127.0.0.1:9", Path("/tmp/x"))  # noqa: S108
    assert not any("--url" in line for line in usual)
    assert "pdmctl events --url http://127.0.0.1:9999" in other[0]

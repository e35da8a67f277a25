"""What the pages say that can be checked cheaply: links, commands, JSON, the plant and layout examples."""

import ast
import json
import re
import shlex
import tomllib
from importlib import import_module
from pathlib import Path

import click
import msgspec
import pytest
from example_scripts import example
from tree import ROOT, name

from pdm.chain.acquisition.admit import admit
from pdm.chain.acquisition.decode import JSON, NDJSON
from pdm.cli.main import COMMANDS, main
from pdm.plant.load import load, parse
from pdm.records.advice import Advice
from pdm.records.event import Event
from pdm.records.posted import Reading
from pdm.records.reading import PointReceipt, Reason, Receipt
from pdm.records.waveform import PostedWaveform
from pdm.replay.layout import read_layout
from pdm.replay.recording import Recording, requests
from pdm.rules.read import parse as parse_pack
from pdm.settings import PARSERS

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
CLAIMS: dict[str, object] = {
    "reading": Reading,
    "readings": list[Reading],
    "receipt": Receipt,
    "points": PointReceipt,
    "event": Event,
    "advice": Advice,
    "ends": dict[str, str],
    "waveform": PostedWaveform,
}
"""What a JSON block claims to be, in the comment above it: `<!-- json: event -->`."""
FUTURE_NS = 4_000_000_000_000_000_000


def blocks(page: Path, *languages: str) -> list[str]:
    """Return the fenced blocks of a page that are in one of these languages."""
    return [text for language, text in FENCE.findall(page.read_text("utf-8")) if language in languages]


def commands() -> list[tuple[str, list[str]]]:
    """Return every `pdmctl` line of a page, in a block or between backticks, as its words."""
    found = []
    for page in PAGES:
        text = page.read_text("utf-8")
        lines = [
            line
            for block in blocks(page, "sh", "console")
            for line in block.replace("\\\n", " ").splitlines()
        ]
        lines += re.findall(r"`((?:\.venv/bin/)?pdmctl [^`\n]+)`", text)
        for line in lines:
            words = shlex.split(line, comments=True)
            starts = [i for i, word in enumerate(words) if Path(word).name == "pdmctl"]
            found += [(name(page), words[i + 1 :]) for i in starts]
    return found


def anchors(page: Path) -> set[str]:
    """Return the anchors that the headings of a page make."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    """Also those of pictures, and those to a heading."""
    text = FENCE.sub("", page.read_text("utf-8"))
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|srcset|href)="([^"]+)"', text)
    for target in targets:
        path, _, anchor = target.partition("#")
        if "://" in target:
            continue
        there = page if not path else page.parent / path
        assert there.exists(), target
        if anchor:
            assert anchor in anchors(there), target


@pytest.mark.parametrize(
    ("page", "words"), commands(), ids=lambda value: value if isinstance(value, str) else " ".join(value)
)
def test_every_command_exists_with_its_options(page: str, words: list[str]) -> None:
    """A page that names an option which is not there sends its reader into a wall."""
    command: click.Command = main
    context = click.Context(main)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        if found is None and set("|…") & set(words[0]):
            assert all(one in COMMANDS for one in words[0].split("|")), page
            return
        if found is None and hasattr(command, "default"):
            found, words = command.get_command(context, command.default), ["", *words]
        assert found is not None, f"{page}: no command {words[0]}"
        command, words = found, words[1:]
    known = {option for one in command.params for option in one.opts} | {"--help", "--version"}
    given = {word.split("=")[0] for word in words if word.startswith("--")}
    assert given <= known, page


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_json_example_is_what_it_claims(page: Path) -> None:
    """A block of JSON has its kind in a comment above it, and decodes as that record."""
    text = page.read_text("utf-8")
    claimed = re.findall(r"<!-- json: (\w+) -->\n\n?```json\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(claimed) == len(blocks(page, "json")), "each block of JSON says what it is"
    for kind, said in claimed:
        msgspec.json.decode(said, type=CLAIMS[kind])


def test_the_readings_on_the_pages_are_accepted() -> None:
    """They pass the door itself: names, units, times and values."""
    for page in PAGES:
        for body in re.findall(
            r"<!-- json: readings? -->\n\n?```json\n(.*?)^```", page.read_text("utf-8"), re.M | re.S
        ):
            assert admit(body.encode(), JSON, load(None), FUTURE_NS).rejected == (), name(page)
        for body in blocks(page, "ndjson"):
            assert admit(body.encode(), NDJSON, load(None), FUTURE_NS).rejected == (), name(page)


def test_every_reason_is_explained_to_integrators() -> None:
    """A new reason without a line on the page would be a riddle in somebody's log."""
    page = (ROOT / "docs" / "integrators.md").read_text("utf-8")
    assert [reason.value for reason in Reason if f"| `{reason.value}` |" not in page] == []


def test_every_setting_is_named() -> None:
    """And no setting that is not there."""
    text = "".join(page.read_text("utf-8") for page in PAGES)
    named = set(re.findall(r"PDM_[A-Z][A-Z_]*", text)) - {
        "PDM_DATA",
        "PDM_CI",
        "PDM_GRAFANA_PASSWORD",
        "PDM_API_KEY",
    }
    assert named == {f"PDM_{field.upper()}" for field in PARSERS}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_toml_example_loads(page: Path, tmp_path: Path) -> None:
    """A plant file, a layout or a rule pack, as its first line says."""
    for number, written in enumerate(blocks(page, "toml")):
        tomllib.loads(written)
        if written.startswith("# layout"):
            path = tmp_path / f"{number}.toml"
            path.write_text(written, "utf-8")
            read_layout(path).zone()
        elif written.startswith("[pack]"):
            parse_pack(written, name(page))
        else:
            parse(written, name(page))


def test_the_example_of_a_plant_file_loads() -> None:
    """It is the first file that people copy."""
    assert load(ROOT / "docs" / "plant.example.toml").machines


def test_the_example_of_a_layout_reads_decimal_commas_and_local_time(tmp_path: Path) -> None:
    """A row of such a file becomes readings in the units of the header, at the instant that was meant."""
    (example_layout,) = [b for b in blocks(ROOT / "docs" / "replay.md", "toml") if b.startswith("# layout")]
    layout_file, recorded = tmp_path / "layout.toml", tmp_path / "k-1.csv"
    layout_file.write_text(example_layout, "utf-8")
    layout = read_layout(layout_file)
    header = layout.delimiter.join([layout.time, *layout.columns])
    recorded.write_text(f"{header}\n2026-07-01 08:15:00;2,5;61,0;\n", "utf-8")
    (request,) = requests(Recording("k-1", recorded, layout))
    found = msgspec.json.decode(request.body, type=list[Reading])
    assert [(one.value, one.unit, one.time) for one in found] == [
        (2.5, "mm/s", "2026-07-01T06:15:00Z"),
        (61.0, "°C", "2026-07-01T06:15:00Z"),
    ]
    assert admit(request.body, JSON, load(None), FUTURE_NS).rejected == ()


def test_the_example_script_posts_readings_that_are_accepted() -> None:
    """All three channels of its pump, at whatever time it is run."""
    batch = [
        one
        for at in range(1_767_225_600, 1_767_225_610)
        for one in example("post_readings").readings(at, 2.3)
    ]
    found = admit(json.dumps(batch).encode(), JSON, load(None), FUTURE_NS)
    assert (len(found.columns), found.rejected, found.duplicates) == (30, (), 0)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_import_in_a_python_example_is_there(page: Path) -> None:
    """The rest is read by people; names that are gone are noticed here."""
    for code in blocks(page, "python"):
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ImportFrom):
                module = import_module(str(node.module))
                assert [one.name for one in node.names if not hasattr(module, one.name)] == []

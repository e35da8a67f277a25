"""The report: one file, nothing from outside, nothing unescaped, and the truth about what went wrong."""

from html.parser import HTMLParser

import pytest
from fakes.demo import result

from pdm.demo.report import report, verdict
from pdm.demo.stories import tell

EVIL = '<script>alert("x")</script>&<img src=x onerror=alert(1)>'


class Page(HTMLParser):
    """Collects tags and attributes, and notices tags that are not closed."""

    VOID = frozenset({"meta", "rect", "line", "polyline"})

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close a tag."""
        if tag not in self.VOID:
            assert self.open.pop() == tag


def parsed(html: str) -> Page:
    """Parse a page."""
    page = Page()
    page.feed(html)
    page.close()
    return page


def test_is_well_formed() -> None:
    """Every tag is closed in its order."""
    assert parsed(report(result(), ["pdmctl up"])).open == []


def test_loads_nothing_from_outside() -> None:
    """No script, no link, no source, no address: it can be mailed and read on a train."""
    html = report(result(), ["pdmctl up"])
    page = parsed(html)
    assert not {"script", "link", "img", "iframe", "object", "a"} & set(page.tags)
    assert not {"src", "href", "onclick", "onload"} & {name for name, _ in page.attributes}
    assert "url(" not in html
    assert "@import" not in html


def test_escapes_what_it_quotes() -> None:
    """Advice may be worded by a language model: its markup is text here."""
    page = parsed(report(result(text=EVIL), [EVIL]))
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert "&lt;script&gt;" in report(result(text=EVIL), [EVIL])


def test_tells_of_what_was_missed_and_what_was_false_first() -> None:
    """A report that hides its failures is an advertisement."""
    kinds = [story.kind for story in tell(result(missed=1, false=1))]
    assert kinds[:2] == ["missed", "false"]
    assert "missed" in report(result(missed=1), [])


def test_tells_of_each_machine_once_and_shows_the_lying_channel() -> None:
    """A sensor fault's story begins with the channel that lies."""
    stories = tell(result(machines=20))
    assert len({story.plate.asset for story in stories}) == len(stories)
    lying = [story for story in stories if story.kind == "sensor"]
    assert lying
    for story in lying:
        assert story.truth is not None
        assert story.curves[0].signal.name == story.truth.channel


def test_has_light_and_dark_and_fits_a_phone() -> None:
    """Both colour schemes, and a width that follows the screen."""
    html = report(result(), [])
    assert "prefers-color-scheme: dark" in html
    assert "width=device-width" in html


@pytest.mark.parametrize(
    ("false", "words"), [(0, "no false alarm"), (1, "one false alarm"), (2, "2 false alarms")]
)
def test_the_verdict_says_both_sides(false: int, words: str) -> None:
    """How many were found, and how many alarms were false."""
    said = verdict(result(missed=1, false=false).card)
    assert "3 of 4 machine faults found" in said
    assert words in said


def test_a_run_without_any_alarm_can_be_reported() -> None:
    """Nothing found: no median, no first event, still a page."""
    nothing = result(missed=4)
    assert nothing.outcome.detected == 0
    assert parsed(report(nothing, [])).open == []
    assert verdict(nothing.card) == "0 of 4 machine faults found; no false alarm."

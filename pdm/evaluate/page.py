"""Reports of an evaluation and of an alarm diff, each one HTML file: no script, nothing from outside."""

from collections.abc import Sequence
from html import escape
from importlib.resources import files

from pdm.demo.report import PAGE
from pdm.evaluate.alarm_diff import Change, Diff
from pdm.evaluate.detection import Detection
from pdm.evaluate.picture import Pictured, charts, figures_table, track
from pdm.instant import NS

EXTRA = (
    ".band.stood { fill: var(--alarm); opacity: .1; } "
    ".before { stroke: var(--soft); stroke-width: 1.4; stroke-dasharray: 3 3; } "
    ".row a { color: inherit; } .story { grid-template-columns: minmax(0, 1fr); }"
)
LEGEND = (
    '<div class="legend"><span><i class="machine"></i>labelled as a fault</span>'
    '<span><i class="alarm"></i>alarm</span></div>'
)
READ_ME = (
    "<h2>Every run</h2><p class='soft'>The channel that said most, and the score with its line at 1.0. "
    "Ochre: labelled as a fault. Red: an alarm stood; upright line: it was raised.{more}</p>"
)
DASHED = " Dashed: where the base raised its alarms."

Tile = tuple[str, str, str]


def detection_page(found: Detection, runs: Sequence[Pictured], title: str) -> str:
    """Write the report of an evaluation; `runs` are drawn in their order."""
    share = found.percent_time_in_alarm_normal
    tiles = [
        (f"{100 * found.event_recall:.0f} %", f"of {found.faults} faults found", ""),
        (f"{100 * found.event_precision:.0f} %", f"of {found.alarms} alarms began in a fault", ""),
        (f"{found.delay_median_s:.0f} s", f"median delay; {found.delay_p90_s:.0f} s for nine in ten", ""),
        (f"{found.f1:.3f}", f"point F1; {found.f1_low:.2f} to {found.f1_high:.2f}, files drawn again", ""),
        ("none" if share is None else f"{share:.1f} %", "of the normal stream in alarm", ""),
    ]
    rows = [("this chain", found.f1, found.far, found.mar)]
    rows += [(name, p.f1, p.far, p.mar) for name, p in found.by_folder.items()]
    trivial = (("all rows anomalous", found.all_ones), ("a clock", found.clock), ("random 1 %", found.random))
    rows += [(name, p.f1, p.far, p.mar) for name, p in trivial]
    cells = [(name, f"{f1:.3f}", f"{100 * far:.1f}", f"{100 * mar:.1f}") for name, f1, far, mar in rows]
    table = "<h2>Point figures, beside those who look at no sensor</h2>" + figures_table(
        ("rows from 400 on", "F1", "false alarm rate %", "missed alarm rate %"), cells
    )
    lead = f"{len(runs)} runs, {found.rows:,} labelled rows, judged by the whole chain. No point is adjusted."
    return _page(title, lead, tiles, [table, _glance(runs), READ_ME.format(more=""), *map(_story, runs)])


def diff_page(found: Diff, runs: Sequence[Pictured], base: str, head: str) -> str:
    """Write the report of a comparison; incidents with a change come first."""
    good = "bad" if found.red else "good"
    tiles = [
        ("red" if found.red else "green", "no failure lost, none told much later", good),
        (f"{found.found_base} to {found.found_head}", f"of {found.failures} failures found", ""),
        (f"{found.false_base} to {found.false_head}", "false alarms", ""),
        (f"{found.added} / {found.removed}", "alarms added / removed", ""),
        (f"{found.moved} / {found.altered}", "alarms moved / altered", ""),
    ]
    changed = sorted(found.incidents, key=lambda one: (not one.red(), one.quiet(), one.name))
    rows = [_cells(one) for one in changed if not one.quiet()]
    names = ("incident", "fault", "added", "removed", "moved by", "altered", "lead s", "verdict")
    table = "<h2>What changed</h2>" + (
        figures_table(names, rows) if rows else "<p>No alarm is added, removed or moved.</p>"
    )
    place = {one.name: number for number, one in enumerate(changed)}
    ordered = sorted(runs, key=lambda one: place.get(one.signals.asset, len(place)))
    lead = f"{base} compared with {head} on {len(found.incidents)} recorded incidents."
    parts = [table, _glance(ordered), READ_ME.format(more=DASHED), *map(_story, ordered)]
    return _page("Which alarms change", lead, tiles, parts)


def _page(title: str, lead: str, tiles: Sequence[Tile], parts: Sequence[str]) -> str:
    cells = "".join(
        f'<div class="{grade}"><dt>{escape(what)}</dt><dd>{escape(value)}</dd></div>'
        for value, what, grade in tiles
    )
    head = f"<h1>{escape(title)}</h1><p class='lead'>{escape(lead)}</p><dl class='tiles card'>{cells}</dl>"
    css = files("pdm.demo").joinpath("report.css").read_text(encoding="utf-8") + EXTRA
    return PAGE.format(title=escape(title), css=css, body=head + "".join(parts))


def _glance(runs: Sequence[Pictured]) -> str:
    rows = "".join(
        f'<div class="row"><span><a href="#{escape(one.signals.asset)}">{escape(one.signals.asset)}</a> '
        f'<span class="soft">{escape(one.signals.group)}</span></span>{track(one.found.run)}'
        f'<span class="{"missed" if _outcome(one)[0] == "missed" else ""}">{_outcome(one)[1]}</span></div>'
        for one in runs
    )
    return f'<h2>At a glance</h2><div class="glance card">{rows}{LEGEND}</div>'


def _story(one: Pictured) -> str:
    kind, says = _outcome(one)
    return (
        f'<article class="story card" id="{escape(one.signals.asset)}"><header>'
        f"<h3>{escape(one.signals.asset)}</h3>"
        f'<span class="tag {kind}">{escape(says)}</span>'
        f'<span class="soft">{escape(one.signals.group)}</span></header>{charts(one)}</article>'
    )


def _outcome(one: Pictured) -> tuple[str, str]:
    """Say how a run went, as a class of the style sheet and in words."""
    run = one.found.run
    inside = [
        (begin - int(run.times[a])) / NS
        for a, b in run.faults()
        for begin, _ in run.alarms
        if run.times[a] <= begin <= run.times[b]
    ]
    if not run.faults():
        return ("false", f"{len(run.alarms)} false") if run.alarms else ("", "quiet")
    return ("found", f"{inside[0]:.0f} s") if inside else ("missed", "missed")


def _cells(one: Change) -> list[str]:
    before, after = ("missed" if s is None else f"{s:g}" for s in (one.lead_base_s, one.lead_head_s))
    verdict = "lost" if one.lost else "told later" if one.red() else ""
    moved = ", ".join(f"{two.by_s:+g} s" for two in one.moved)
    counts = [str(len(part)) if part else "" for part in (one.added, one.removed, one.altered)]
    lead = f"{before} -> {after}" if one.lead_base_s or one.lead_head_s else ""
    return [one.name, one.fault, counts[0], counts[1], moved, counts[2], lead, verdict]

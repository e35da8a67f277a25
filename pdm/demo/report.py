"""The report of a demo as one HTML file: no script, no outside resource, light and dark, desk and phone."""

from collections.abc import Sequence
from html import escape
from importlib.resources import files

from pdm.demo.chart import score_chart, signal_chart, time_axis, track
from pdm.demo.result import Result, Scorecard, names
from pdm.demo.score import Match
from pdm.demo.stories import Story, tell
from pdm.records.advice import Advice
from pdm.simulator.truth import Nature, Truth

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>{css}</style></head><body><main>{body}</main></body></html>
"""
TITLE = "A plant, watched"
STORIES = (
    "<h2>The most telling machines</h2>"
    '<p class="soft">Shaded: when the machine was truly ill, stronger from when that could be seen. '
    "Upright line: the alarm.</p>"
)
GLANCE = (
    '<h2>The faults and their alarms</h2><p class="soft">Each row is one machine over the whole run; '
    "at the right, how long the alarm took from when the fault could be seen.</p>"
)
LEGEND = (
    '<div class="legend"><span><i class="machine"></i>machine fault</span><span><i class="sensor"></i>'
    'sensor fault, which deserves no alarm</span><span><i class="alarm"></i>alarm</span></div>'
)
TABLE = (
    '<h2>Every machine fault</h2><p class="soft">Onset, visibility and alarm in minutes of the plant\'s '
    "time.</p>"
)
OUTCOMES = {"found": "found", "missed": "missed", "false": "false alarm", "sensor": "sensor fault"}


def report(result: Result, follow_ups: Sequence[str] = ()) -> str:
    """Write the page; `follow_ups` are commands and addresses that lead on."""
    seconds = result.simulation.scenario.duration_s
    parts = [_head(result.card, seconds), _tiles(result.card), _glance(result, seconds), STORIES]
    parts += [_story(story, seconds) for story in tell(result)]
    parts += [_table(result), _next(follow_ups)]
    css = files("pdm.demo").joinpath("report.css").read_text(encoding="utf-8")
    return PAGE.format(title=TITLE, css=css, body="".join(parts))


def verdict(card: Scorecard) -> str:
    """Say in one sentence how it went."""
    found = f"{card.detected} of {card.faults} machine faults found"
    if card.median_delay_s is not None:
        found += f", half of them within {card.median_delay_s:.0f} s of when they could be seen"
    false = {0: "no false alarm", 1: "one false alarm"}.get(
        card.false_alarms, f"{card.false_alarms} false alarms"
    )
    return f"{found}; {false}."


def _head(card: Scorecard, seconds: int) -> str:
    return (
        f"<h1>{TITLE}</h1><p class='lead'>{escape(verdict(card))}</p>"
        f'<p class="soft">{card.machines} simulated pumps, motors and fans, {seconds / 60:.0f} minutes of '
        f"their time at {card.times_real_time:.0f} times its pace, through the whole service: real broker, "
        f"real processes. Seed {card.seed}: the same plant again, reading for reading.</p>"
    )


def _tiles(card: Scorecard) -> str:
    kept = card.lost == 0 and card.duplicate_rows == 0 and card.rejected == 0
    tiles = [
        (
            f"{card.detected} of {card.faults}",
            "machine faults found",
            _grade(5 * card.detected >= 4 * card.faults),
        ),
        (f"{card.false_alarms}", "false alarms", _grade(5 * card.false_alarms <= card.faults)),
        (_seconds(card.median_delay_s), "median delay, data time", ""),
        (_seconds(card.first_event_s), "from start to the first event", ""),
        (f"{card.readings_per_s:,.0f}", "readings a second", ""),
        (f"{card.readings:,}", "readings accepted", ""),
        (f"{card.lost}", f"lost; {card.duplicate_rows} twice, {card.rejected} refused", _grade(kept)),
        (f"{card.dead_letters}", "dead letters", _grade(card.dead_letters == 0)),
        ("yes" if card.replayed else "no", "the log gives the same events again", _grade(card.replayed)),
        (f"{card.named} of {card.detected}", f"causes among the advice, {card.named_first} first", ""),
    ]
    cells = "".join(
        f'<div class="{grade}"><dt>{escape(what)}</dt><dd>{escape(value)}</dd></div>'
        for value, what, grade in tiles
    )
    return f'<dl class="tiles card">{cells}</dl>'


def _grade(good: bool) -> str:
    return "good" if good else "bad"


def _seconds(value: float | None) -> str:
    return "none" if value is None else f"{value:.0f} s"


def _glance(result: Result, seconds: int) -> str:
    """Draw every machine with a fault, and every false alarm, as a row."""
    missed = {match.truth.asset for match in result.outcome.matches if match.alarm is None}
    delays = {match.truth.asset: match.delay_s for match in result.outcome.matches}
    rows = []
    for truth in sorted(result.simulation.truths, key=lambda truth: (truth.nature, truth.onset)):
        mine = [alarm for alarm in result.outcome.alarms if alarm.last.asset == truth.asset]
        says = "missed" if truth.asset in missed else _seconds(delays.get(truth.asset))
        if truth.nature is Nature.SENSOR:
            says = "alarm" if mine else "quiet"
        wrong = truth.asset in missed or (truth.nature is Nature.SENSOR and mine)
        name = f'{escape(truth.asset)} <span class="soft">{escape(truth.fault)}</span>'
        verdict = f'<span class="{"missed" if wrong else ""}">{says}</span>'
        rows.append(f'<div class="row"><span>{name}</span>{track(truth, mine, seconds)}{verdict}</div>')
    rows.append(f'<div class="row"><span></span>{time_axis(seconds)}<span></span></div>')
    return f'{GLANCE}<div class="glance card">{"".join(rows)}{LEGEND}</div>'


def _story(story: Story, seconds: int) -> str:
    charts = "".join(signal_chart(story, index) for index in range(len(story.curves)))
    plate = f"{story.plate.power_kw:g} kW, {story.plate.rated_rpm:g} rpm, {story.plate.path}"
    return (
        f'<article class="story card"><header>'
        f"<h3>{escape(story.plate.asset)}: {escape(_title(story.truth))}</h3>"
        f'<span class="tag {story.kind}">{OUTCOMES[story.kind]}</span>'
        f'<span class="soft">{escape(plate)}</span></header>'
        f"<div>{charts}{score_chart(story)}{time_axis(seconds)}</div>"
        f'<div class="words">{_truth(story)}{_advice(story.advice)}</div></article>'
    )


def _title(truth: Truth | None) -> str:
    if truth is None:
        return "healthy"
    return f"{truth.channel} {truth.fault}" if truth.channel else truth.fault


def _truth(story: Story) -> str:
    lines = []
    if story.truth is not None:
        lines.append(f"Truth: {_title(story.truth)} from minute {story.truth.onset / 60:.1f}")
        if story.truth.visible is not None:
            lines[0] += f", to be seen from {story.truth.visible / 60:.1f}"
        if story.truth.end < len(story.score):
            lines[0] += f", put right at {story.truth.end / 60:.1f}"
    for alarm in story.alarms:
        until = (
            f" to {alarm.cleared / 60:.1f}" if alarm.cleared is not None else ", still standing at the end"
        )
        lines.append(f"{alarm.last.severity.value.capitalize()} from minute {alarm.raised / 60:.1f}{until}")
    if not story.alarms:
        lines.append("No alarm")
    return "".join(f"<p>{escape(line)}.</p>" for line in lines)


def _advice(advice: Advice | None) -> str:
    if advice is None:
        return ""
    causes = "".join(
        f"<li>{escape(h.title)} <span class='soft'>{h.weight:.0%}</span></li>" for h in advice.hypotheses
    )
    unsaid = [action for action in advice.actions if action.text not in advice.text]
    steps = "".join(
        f"<li>{escape(action.text)} <span class='soft'>{escape(action.skill)}</span></li>"
        for action in unsaid
    )
    return (
        f'<h4>Advice, {escape(advice.urgency.value)}</h4><p class="said">{escape(advice.text)}</p>'
        + (f"<h4>What would explain it</h4><ol>{causes}</ol>" if causes else "")
        + (f"<h4>What to do</h4><ul>{steps}</ul>" if steps else "")
    )


def _table(result: Result) -> str:
    rows = "".join(_table_row(match, result) for match in result.outcome.matches)
    head = "".join(
        f"<th>{name}</th>" for name in ("machine", "fault", "onset", "visible", "alarm", "delay", "advice")
    )
    return f'{TABLE}<div class="scroll card"><table><tr>{head}</tr>{rows}</table></div>'


def _table_row(match: Match, result: Result) -> str:
    named, first = names(match, result.advice)
    truth, seen = match.truth, match.truth.visible
    cells = [
        truth.asset,
        truth.fault,
        f"{truth.onset / 60:.1f}",
        "" if seen is None else f"{seen / 60:.1f}",
        "missed" if match.alarm is None else f"{match.alarm.raised / 60:.1f}",
        "" if match.delay_s is None else f"{match.delay_s} s",
        "" if match.alarm is None else "names it first" if first else "names it" if named else "names others",
    ]
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _next(follow_ups: Sequence[str]) -> str:
    if not follow_ups:
        return ""
    return f'<h2>Where to look next</h2><pre class="card">{escape(chr(10).join(follow_ups))}</pre>'

"""One poll of the ingest topic: what is accepted of it, source by source, and what is put aside."""

import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from operator import attrgetter

from msgspec import Struct, structs

from pdm.chain.acquisition.admit import Admission, admit
from pdm.chain.acquisition.columns import EMPTY
from pdm.chain.acquisition.decode import NDJSON
from pdm.chain.acquisition.newcomers import Newcomers
from pdm.ingest.lines import Lines, unwrapped_source, written
from pdm.ingest.message import DEFAULT_SOURCE, Form, Place, Polled, Senders, Sent, Whose, kept
from pdm.plant.spec import Plant
from pdm.records.block import Source
from pdm.records.dead_letter import KEPT_BYTES, DeadLetter
from pdm.records.reading import Reason, Rejection

log = logging.getLogger(__name__)

_HEADERS = attrgetter("headers")
MOST_LINES = 20_000
"""Lines that are judged at once."""

Judge = Callable[..., Admission]


class Judged(Struct, frozen=True):
    """What became of a poll.

    accepted : in the order of each source's messages
    rejected : every verdict; letters : a dead letter for each message with one
    """

    accepted: list[tuple[Source, Admission]]
    rejected: list[Rejection]
    letters: list[DeadLetter]


def judge(
    polled: Polled,
    senders: Senders,
    plant: Plant,
    now_ns: int,
    newcomers: Newcomers,
    door: Judge = admit,
) -> Judged:
    """Judge the messages of one poll; `newcomers` bounds the names that nobody declared."""
    found = Judged([], [], [])
    for whose, group in _grouped(polled, senders, plant).items():
        if whose.wrong:
            refused = {place: [(Reason.MALFORMED, whose.wrong)] for place in range(len(group))}
            _put_aside(found, polled, group, refused)
            continue
        entry = newcomers, whose.source
        put = written(group, whose.form)
        verdicts = {place: [(Reason.MALFORMED, why)] for place, why in put.unread.items()}
        for start in range(0, len(put.lines), MOST_LINES):
            some = put.lines[start : start + MOST_LINES]
            for begin, admission in _admitted(
                some, plant, now_ns, whose.machine_class, partial(door, entry=entry, tidy=put.plain)
            ):
                if len(admission.columns):
                    found.accepted.append((whose.source, admission))
                _assign(verdicts, put, start + begin, admission.rejected)
        _put_aside(found, polled, group, verdicts)
    return found


Verdicts = dict[int, list[tuple[Reason, str]]]


def _grouped(polled: Polled, senders: Senders, plant: Plant) -> dict[Whose, list[Sent]]:
    """Put messages of one sender together; most of them have the same headers as the one before."""
    messages = [message for records in polled.values() for message in records]
    if messages and not any(map(_HEADERS, messages)):
        return {senders.of(()): messages}
    groups: dict[Whose, list[Sent]] = {}
    headers, group = None, messages
    for message in messages:
        if message.headers == headers:
            group.append(message)
            continue
        headers = message.headers
        whose = senders.of(headers)
        if whose.form is Form.ENVELOPE and whose.source.name == DEFAULT_SOURCE:
            whose, headers = _named_inside(whose, message.value or b"", plant), None
        group = groups.setdefault(whose, [])
        group.append(message)
    return groups


def _named_inside(whose: Whose, envelope: bytes, plant: Plant) -> Whose:
    """Take the source from the envelope, where no header has named it."""
    name = unwrapped_source(envelope)
    if not name:
        return whose
    source = plant.sources.get(name, Source(name))
    return structs.replace(whose, source=structs.replace(source, run=whose.source.run))


def _admitted(
    lines: Sequence[bytes], plant: Plant, now_ns: int, machine_class: str, door: Judge
) -> Iterable[tuple[int, Admission]]:
    """Judge lines, and where that fails, each half for itself until the one at fault is alone.

    yields (first line, what became of it and of those behind it)
    """
    try:
        admission = door(b"\n".join(lines), NDJSON, plant, now_ns, machine_class)
    except Exception as error:
        if len(lines) == 1:
            log.exception("a message could not be judged")
            yield 0, Admission(EMPTY, (Rejection(0, Reason.BUG, repr(error)),), 0)
            return
    else:
        yield 0, admission
        return
    half = len(lines) // 2
    yield from _admitted(lines[:half], plant, now_ns, machine_class, door)
    for begin, admission in _admitted(lines[half:], plant, now_ns, machine_class, door):
        yield half + begin, admission


def _assign(verdicts: Verdicts, put: Lines, start: int, rejected: Iterable[Rejection]) -> None:
    """Give each verdict to the message that the line is of."""
    for one in rejected:
        line = start + one.index
        place, item = put.of[line] if put.of else (line, -1)
        detail = f"reading {item}: {one.detail}" if item >= 0 else one.detail
        verdicts.setdefault(place, []).append((one.reason, detail))


def _put_aside(found: Judged, polled: Polled, group: Sequence[Sent], verdicts: Verdicts) -> None:
    """Write the dead letters of a group."""
    if not verdicts:
        return
    origin = {id(message): place for place, records in polled.items() for message in records}
    for place, reasons in verdicts.items():
        found.rejected.extend(Rejection(place, reason, detail) for reason, detail in reasons)
        found.letters.append(_letter(origin[id(group[place])], group[place], reasons))


def _letter(origin: Place, message: Sent, reasons: Sequence[tuple[Reason, str]]) -> DeadLetter:
    """Describe a refused message by the first thing that is wrong with it."""
    original = message.value or b""
    (reason, detail), more = reasons[0], len(reasons) - 1
    return DeadLetter(
        topic=origin[0],
        partition=origin[1],
        offset=message.offset,
        reason=reason,
        detail=f"{detail} (and {more} more)" if more else detail,
        length=len(original),
        sha256=hashlib.sha256(original).hexdigest(),
        original=original[:KEPT_BYTES],
        message_key=message.key,
        headers=kept(message.headers),
    )

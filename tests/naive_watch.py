"""The drift detector and the alarm in plain Python, one machine, lists and dictionaries: an oracle."""

import math
from dataclasses import dataclass, field

from models.grade import ALARM, UNUSUAL, WARNING
from models.pace import Pace

Frame = tuple[int, list[float | None]]
"""Steps since the frame before, and a value or None for each channel."""


@dataclass
class Channel:
    """What is remembered of one channel; `line` holds the cells that wait to be learnt, oldest first."""

    relative: float
    absolute: float
    follows: bool
    group: int = 0
    rises: bool = False
    wander: float = 0.0
    ready: int = 0
    off: bool = False
    mean: float = 0.0
    seen: int = 0
    base: float = 0.0
    spread: float = 0.0
    learnt: int = 0
    rest: float = 0.0
    filling: list[float] = field(default_factory=list)
    line: list[float | None] = field(default_factory=list)
    peak: float = 0.0

    @property
    def allowance(self) -> float:
        """What the channel may do without meaning anything."""
        return self.absolute + self.relative * abs(self.base)

    def damp(self, x: float, pace: Pace) -> None:
        """Take a value into the damped value."""
        reach = pace.reach * self.allowance
        if self.learnt >= (self.ready or pace.ready) and reach > 0.0:
            x = min(max(x, self.base - reach), self.base + reach)
        self.seen += 1
        self.mean += max(pace.smooth, 1.0 / self.seen) * (x - self.mean)

    def part(self, pace: Pace) -> float:
        """Return the deviation in units of the line."""
        if self.learnt < (self.ready or pace.ready) or self.allowance <= 0.0:
            return 0.0
        off = self.mean - self.base - self.rest
        widening = self.widening(pace)
        own = widening / (pace.wander * pace.wander)
        return math.sqrt(max(0.0, (off * off - own) / (self.allowance * self.allowance + widening)))

    def widening(self, pace: Pace) -> float:
        """Return what its own wander adds to the square of the allowance."""
        spread, theirs = self.spread, self.wander * self.allowance
        if self.wander:
            spread += (theirs * theirs - spread) * pace.ready / (self.learnt + pace.ready)
        return min(pace.wander * pace.wander * spread, self.allowance * self.allowance)

    @property
    def above(self) -> bool:
        """Tell whether it is above what is usual."""
        return self.mean > self.base + self.rest

    def learn(self, pace: Pace, learning: bool) -> None:
        """End a cell: put it last into the line, and learn the one that has waited long enough."""
        waited = self.line.pop(0) if len(self.line) == pace.delay else None
        if waited is not None and learning:
            self.learnt += 1
            share = max(pace.memory, 1.0 / self.learnt)
            off = waited - self.base
            self.base += share * off
            self.spread = (1.0 - share) * (self.spread + share * off * off)
        self.line.append(sum_in_order(self.filling) / len(self.filling) if self.filling else None)
        self.filling = []

    def come_to_rest(self) -> None:
        """Remember what an alarm leaves behind."""
        self.rest = self.mean - self.base
        if not self.follows:
            self.line = [None] * len(self.line)

    def settle(self, pace: Pace) -> None:
        """Begin again where the channel still moves; forget of the rest what is gone."""
        off = self.mean - self.base
        line = self.allowance * self.allowance + self.widening(pace)
        if 0 < self.learnt < (self.ready or pace.ready) and off * off > line:
            self.learnt = 0
            self.line = [None] * len(self.line)
        self.rest = min(self.rest, max(0.0, off)) if self.rest > 0.0 else max(self.rest, min(0.0, off))


@dataclass
class Alarm:
    """The alarm of the machine."""

    active: bool = False
    above: int = 0
    calm: int = 0
    grade: int = 0
    reported: float = 0.0
    leader: int = 0

    def update(self, score: float, parts: list[float], channels: list[Channel], pace: Pace) -> str:
        """Return "raise", "update", "clear" or "" for what this frame changes."""
        leader = parts.index(max(parts))
        grade = ALARM if score >= UNUSUAL else WARNING
        if not self.active:
            self.above = self.above + 1 if score > 1.0 else 0
            if self.above < pace.delay_on:
                return ""
            self.active, self.above, self.calm = True, 0, 0
            self.grade, self.reported, self.leader = grade, score, leader
            for channel, part in zip(channels, parts, strict=True):
                channel.peak = part
            return "raise"
        quiet = []
        for channel, part in zip(channels, parts, strict=True):
            channel.peak = max(channel.peak, part)
            quiet.append(part < max(0.5, min(2.0, 0.5 * channel.peak)))
        self.calm = self.calm + 1 if all(quiet) else 0
        self.active = self.calm < pace.release
        worse, self.grade = grade > self.grade, max(grade, self.grade)
        if not self.active:
            return "clear"
        overtaken = parts[leader] > max(1.0, 1.5 * parts[self.leader])
        if not (worse or overtaken or score >= 2.0 * self.reported):
            return ""
        self.reported, self.leader = max(score, self.reported), leader
        return "update"


def watch(frames: list[Frame], channels: list[Channel], pace: Pace) -> list[tuple[float, list[float], str]]:
    """Return the score, the parts and the change of the alarm of each frame.

    The change is "raise", "update", "clear" or "".
    """
    out, alarm, phase = [], Alarm(), 0
    for steps, values in frames:
        measured = [(c, v) for c, v in zip(channels, values, strict=True) if v is not None]
        for channel, value in measured:
            channel.damp(value, pace)
        parts = [channel.part(pace) for channel in channels]
        score = math.sqrt(sum_in_order([part * part for part in weighed(parts, channels)]))
        change = alarm.update(score, parts, channels, pace)
        for channel, _value in measured:
            channel.filling.append(channel.mean)
        phase += min(steps, pace.block)
        for channel in channels:
            if change == "clear":
                channel.come_to_rest()
            channel.off = alarm.active and (channel.off or channel.part(pace) > 1.0)
            if phase >= pace.block:
                channel.learn(pace, not alarm.active or (channel.follows and not channel.off))
            channel.settle(pace)
        phase = 0 if phase >= pace.block else phase
        out.append((score, parts, change))
    return out


def weighed(parts: list[float], channels: list[Channel]) -> list[float]:
    """Let a deviation count less that no neighbour shares, or that a fault does not cause."""
    out = []
    for part, channel in zip(parts, channels, strict=True):
        near = [
            (other.above == channel.above) * seen
            for seen, other in zip(parts, channels, strict=True)
            if other is not channel and other.group == channel.group != 0
        ]
        weight = 0.5 + 0.5 * min(1.0, max(near) / (0.5 * part)) if near and part > 0.0 else 1.0
        out.append(part * (0.5 if channel.rises and not channel.above else weight))
    return out


def sum_in_order(values: list[float]) -> float:
    """Add from left to right; Python 3.12's own sum adds more exactly than that."""
    total = 0.0
    for value in values:
        total += value
    return total

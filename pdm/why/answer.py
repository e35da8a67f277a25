"""A frame that was judged again, told stage by stage."""

from collections.abc import Iterator

import numpy as np

from models import alarm, running, watch
from models.drift import allowance, enough
from pdm.chain.detection.bank import Bank
from pdm.chain.episodes import DETECTORS, identify
from pdm.chain.inquiry import Judged
from pdm.chain.standing import PHASES, learnt
from pdm.instant import NS, rfc3339
from pdm.records.decision import Basis, ChannelDecision, Decision, Passage, Stage
from pdm.records.status import Phase
from pdm.why.again import Then

SAYS = {
    Phase.STOPPED: "at rest",
    Phase.STARTING: "starting",
    Phase.STOPPING: "stopping",
    Phase.RUNNING: "running, and its speed was still settling",
}


def answer(then: Then, judged: Judged, asked_ns: int, partition: int, from_ns: int | None) -> Decision:
    """Say what became of a frame.

    asked_ns : the instant that is asked about      from_ns : data time of the snapshot, None without one
    """
    bank, machine, path = then.bank, judged.machine, tuple(passages(then, judged, asked_ns))
    seat, watched = bank.registry.seats[machine], bank.tables.watch.machines
    stopped = next((one for one in path if not one.passed), None)
    alarm_id, raised = _alarm(bank, judged)
    return Decision(
        asset=seat.asset,
        run=seat.run,
        machine_class=seat.machine_class,
        time=rfc3339(asked_ns),
        frame=rfc3339(then.time) if _within(then, asked_ns) else "",
        alarm=bool(alarm_id),
        alarm_id=alarm_id,
        raised=raised,
        stopped_by=stopped.stage if stopped and not alarm_id else None,
        because=_because(raised, stopped),
        path=path,
        phase=_phase(bank, machine),
        score=judged.score,
        above_s=float(watched.alarm[machine]["above"]) * _frame_s(bank),
        needed_s=_needed(bank, judged)[0],
        learning=_learning(bank, machine),
        epoch=int(watched.drift[machine]["epoch"]),
        regime=int(watched.running[machine]["regime"]),
        channels=tuple(_channels(bank, judged)),
        basis=_basis(then, partition, from_ns),
        event=judged.event,
    )


def _basis(then: Then, partition: int, from_ns: int | None) -> Basis:
    """Say what the decision stands on."""
    kit = then.bank.kit
    return Basis(
        plant_sha256=kit.plant.sha256,
        rules=tuple(f"{pack.name} {pack.version}" for pack in kit.rules.packs),
        partition=partition,
        offset=then.offset,
        from_snapshot="" if from_ns is None else rfc3339(from_ns),
    )


def passages(then: Then, judged: Judged, asked_ns: int) -> Iterator[Passage]:
    """Walk the stages in their order."""
    bank, machine, here = then.bank, judged.machine, _within(then, asked_ns)
    measured = int(np.count_nonzero(~np.isnan(judged.parts["value"])))
    said = f"{measured} of {len(judged.parts)} channels were measured"
    gap = f"no frame: the last one before is of {rfc3339(then.time)}"
    yield Passage(Stage.DATA, here and measured > 0, said if here else gap)
    yield Passage(Stage.MAINTENANCE, not judged.paused, "in maintenance" if judged.paused else "none")
    phase, held = _phase(bank, machine), _held(bank, machine)
    limit = float(judged.parts["parts"][:, watch.LIMIT].max(initial=0.0))
    text = SAYS.get(phase, phase.value) + ": limits alone judge it" if held else phase.value
    yield Passage(Stage.PHASE, not held or limit > 1.0, text)
    ready = sum(channel.ready for channel in _channels(bank, judged))
    known = f"{ready} baselines are ready{_early(bank, machine)}, {_learning(bank, machine):.0%} learnt"
    yield Passage(Stage.LEARNING, ready > 0 or judged.score > 1.0 or held, known)
    line = f"{judged.score:.2f} where 1.00 is the line{_most(bank, judged)}"
    yield Passage(Stage.SCORE, judged.score > 1.0, line)
    yield _delayed(bank, judged)


def _early(bank: Bank, machine: int) -> str:
    """Say how many baselines are judged already because sisters have shown how far they wander."""
    entry, pace = bank.tables.machines[machine], bank.params.pace
    own = slice(int(entry["first"]), int(entry["first"] + entry["width"]))
    cells, needed = bank.tables.watch.slots.drift["learnt"][own], bank.params.channels.drift["ready"][own]
    count = int(np.count_nonzero((needed > 0) & (cells >= needed) & (cells < pace.ready)))
    return f", {count} of them by what sisters have shown" if count else ""


def _delayed(bank: Bank, judged: Judged) -> Passage:
    state, (needed, by) = bank.tables.watch.machines.alarm[judged.machine], _needed(bank, judged)
    waited = f"above the line for {int(state['above']) * _frame_s(bank):g} s of {needed:g} s{by}"
    return Passage(Stage.DELAY, bool(state["active"]), "an alarm stands" if state["active"] else waited)


def _needed(bank: Bank, judged: Judged) -> tuple[float, str]:
    """Return how long the score must be above the line, in s, and the channel and rule that say so."""
    if not len(judged.parts):
        return bank.params.pace.delay_on * _frame_s(bank), ""
    place = alarm.leading(judged.parts["parts"][:, watch.ALL], len(judged.parts))
    channel, seat = bank.channels[int(judged.parts["channel"][place])], bank.registry.seats[judged.machine]
    on_s = _waits(bank, int(bank.tables.machines[judged.machine]["first"]) + place)[0]
    by = bank.kit.rules.judged(seat.asset, seat.machine_class, channel).sources.get("on_delay", "")
    return on_s, f", by {by} for {channel.name}" if by else ""


def _alarm(bank: Bank, judged: Judged) -> tuple[str, str]:
    """Name the alarm that stands, and when it was raised; "" and "" where none does."""
    entry = bank.tables.machines[judged.machine]
    if judged.paused or not bank.tables.watch.machines.alarm[judged.machine]["active"]:
        return "", ""
    asset, cause = bank.registry.seats[judged.machine].asset, DETECTORS[int(entry["cause"])]
    raised = int(entry["raised"])
    return identify(asset, cause, raised, int(entry["epoch"])), rfc3339(raised)


def _because(raised: str, stopped: Passage | None) -> str:
    if raised:
        return f"an alarm stood, raised at {raised}"
    return f"{stopped.stage}: {stopped.said}" if stopped else "nothing stopped it"


def _frame_s(bank: Bank) -> float:
    return bank.kit.plant.frame_ns / NS


def _within(then: Then, asked_ns: int) -> bool:
    """Tell whether the frame is the one that an instant falls into."""
    return then.time <= asked_ns < then.time + then.bank.kit.plant.frame_ns


def _phase(bank: Bank, machine: int) -> Phase:
    return PHASES[int(bank.tables.watch.machines.running[machine]["phase"])]


def _held(bank: Bank, machine: int) -> bool:
    """Tell whether the machine was judged by limits alone."""
    return not running.judged(bank.tables.watch.machines.running[machine], bank.params.pace)


def _learning(bank: Bank, machine: int) -> float:
    entry = bank.tables.machines[machine]
    slots = np.arange(entry["first"], entry["first"] + entry["width"])
    return learnt(bank, slots, np.zeros(1, np.int64), np.array([entry["width"]]))[0]


def _most(bank: Bank, judged: Judged) -> str:
    """Name the channel with the largest part."""
    parts = judged.parts["parts"]
    if not len(parts) or judged.score <= 0.0:
        return ""
    channel, detector = np.unravel_index(int(np.argmax(parts[:, 1:])), (len(parts), parts.shape[1] - 1))
    name = bank.channels[int(judged.parts["channel"][channel])].name
    return f", most of it {name} by {DETECTORS[int(detector) + 1]}"


def _channels(bank: Bank, judged: Judged) -> Iterator[ChannelDecision]:
    """Describe each channel as it was judged."""
    first, seat = int(bank.tables.machines[judged.machine]["first"]), bank.registry.seats[judged.machine]
    for place, part in enumerate(judged.parts):
        slot, channel = first + place, bank.channels[int(part["channel"])]
        learned, param = bank.tables.watch.slots.drift[slot], bank.params.channels.drift[slot]
        on_s, off_s, calm = _waits(bank, slot)
        ruled = bank.kit.rules.judged(seat.asset, seat.machine_class, channel)
        may = float(allowance(learned, param))
        yield ChannelDecision(
            channel=channel.name,
            quantity=channel.quantity,
            unit=channel.unit,
            shown_unit=bank.shown_units[slot],
            value=None if np.isnan(part["value"]) else float(part["value"]),
            baseline=None if np.isnan(part["baseline"]) else float(part["baseline"]),
            allowance=may if may > 0.0 else None,
            limits=_limits(bank, slot),
            limit=float(part["parts"][watch.LIMIT]),
            drift=float(part["parts"][watch.DRIFT]),
            residual=float(part["parts"][watch.RESIDUAL]),
            sources=ruled.sources,
            suppressed=ruled.suppressed,
            ready=bool(learned["learnt"] >= enough(param, bank.params.pace) and may > 0.0),
            on_delay_s=on_s,
            off_delay_s=off_s,
            calm=calm,
        )


def _limits(bank: Bank, slot: int) -> tuple[float | None, float | None, float | None, float | None]:
    bounds = bank.params.channels.limits[slot]
    low_low, low, high, high_high = (
        None if np.isnan(bounds[name]) else float(bounds[name])
        for name in ("low_low", "low", "high", "high_high")
    )
    return low_low, low, high, high_high


def _waits(bank: Bank, slot: int) -> tuple[float, float, float | None]:
    """Return the delays of a channel in s, and the score below which it is calm, None where that is usual."""
    own, pace, frame_s = bank.params.channels.alarm[slot], bank.params.pace, _frame_s(bank)
    on, release = int(own["on"]) or pace.delay_on, int(own["release"]) or pace.release
    return on * frame_s, release * frame_s, float(own["calm"]) or None

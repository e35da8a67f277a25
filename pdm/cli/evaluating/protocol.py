"""The protocol of an evaluation as tables for people."""

from rich.table import Table

from pdm.cli.tables import console
from pdm.evaluate.nested import Figures, Nested
from pdm.evaluate.protocol import Protocol


def show_protocol(found: Protocol) -> None:
    """Print every part in the order of the protocol."""
    out = console()
    out.print(_budget(found))
    at = found.randomised_positions
    out.print(
        f"\nrandom positions, {at.cuts} cuts: VUS-PR {at.vus_pr:.3f} "
        f"({at.vus_pr_low:.2f} to {at.vus_pr_high:.2f}), VUS-ROC {at.vus_roc:.3f}; "
        f"a clock {at.clock_vus_pr:.2f}, chance {at.random_vus_pr:.2f}\n"
    )
    out.print(_figures(found))
    out.print(_settings(found.left_out))
    cut, well = found.truncation, found.healthy_simulated
    out.print(f"\ntruncation: {cut.equal} of {cut.cuts} cuts change nothing before them")
    out.print(
        f"healthy, simulated: {well.alarms} alarms in {well.machine_days:.1f} machine-days, at most "
        f"{well.alarms_per_machine_day_upper_95:.2f} a day (95 %), "
        f"{well.percent_time_in_alarm:.2f} % of the time"
    )


def _budget(found: Protocol) -> Table:
    table = _table("\nallowances", "false alarms / machine-day", "% of normal time", "recall", "p90 delay s")
    for one in found.recall_at_budget.curve:
        table.add_row(
            f"x {one.allowances_times:g}",
            f"{one.false_alarms_per_machine_day:.1f}",
            f"{one.percent_of_normal_time_in_alarm:.1f}",
            f"{one.event_recall:.2f}",
            f"{one.delay_p90_s:.0f}",
        )
    return table


def _figures(found: Protocol) -> Table:
    table, kept = _table("", "F1", "FAR %", "MAR %", "recall", "precision"), found.left_out
    stress = found.stress
    rows: dict[str, Figures] = {"as shipped": stress.undisturbed}
    for name, held in (("files", kept.leave_file_out), ("families", kept.leave_family_out)):
        rows[f"settings chosen, {name} left out"] = held.chosen
        rows[f"the luckiest, {name} left out"] = held.luckiest
    for name in ("drift", "dropout", "double_noise", "stuck"):
        rows[f"under {name.replace('_', ' ')}"] = getattr(stress, name)
    for name, one in rows.items():
        table.add_row(name, *_cells(one))
    return table


def _settings(found: Nested) -> Table:
    table = _table(
        "\none setting changed", "F1", "FAR %", "MAR %", "recall", "precision", "% of normal stream"
    )
    for one in found.settings:
        quiet = one.percent_time_in_alarm_normal
        table.add_row(one.setting, *_cells(one.figures), "" if quiet is None else f"{quiet:.1f}")
    return table


def _cells(one: Figures) -> tuple[str, ...]:
    return (
        f"{one.f1:.3f}",
        f"{100 * one.far:.1f}",
        f"{100 * one.mar:.1f}",
        f"{one.event_recall:.2f}",
        f"{one.event_precision:.2f}",
    )


def _table(*names: str) -> Table:
    return Table(*names, box=None, pad_edge=False, header_style="bold")

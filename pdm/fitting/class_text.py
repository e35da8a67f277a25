"""What was learnt of a class, in the text of a plant file: in the place of what stood there before."""

import re
from collections.abc import Mapping, Sequence

from pdm.fitting.toml_text import quoted, short, without
from pdm.plant.load import parse
from pdm.plant.spec import Allowance, Sisters


def with_sisters(text: str, learnt: Mapping[str, Sisters], digits: int = 4) -> str:
    """Put what sisters have shown into the text of a plant file.

    raises PlantError where a class says it in its own table instead of one of its own
    """
    for name, one in learnt.items():
        text = _replaced(text, ("classes", name, "sisters"), _tables(name, one, digits))
    parse(text, "the plant file with its sisters")
    return text


def _tables(name: str, one: Sisters, digits: int) -> str:
    head = f"classes.{quoted(name)}.sisters"
    machines = ", ".join(f'"{asset}"' for asset in one.machines)
    wander = "\n".join(
        f"[{head}.channels.{quoted(channel)}]\n{_wander(allowed, digits)}\n"
        for channel, allowed in one.wander.items()
    )
    return f"[{head}]\nmachines = [{machines}]\n\n{wander}"


def _wander(one: Allowance, digits: int) -> str:
    key = "relative" if one.relative else "absolute"
    return f"{key} = {short(getattr(one, key), digits)!r}"


def _replaced(text: str, path: Sequence[str], tables: str) -> str:
    """Leave out the tables below a path, and put others at the end."""
    words = r"\s*\.\s*".join(rf"""["']?{re.escape(word)}["']?""" for word in path)
    own = re.compile(rf"\s*\[\s*{words}\s*[.\]]")
    before = "\n".join(without(text.splitlines(), lambda line: bool(own.match(line)))).rstrip()
    return f"{before}\n\n{tables}".lstrip()

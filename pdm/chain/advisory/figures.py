"""Numbers as people read them: plant units, and just enough digits to tell them apart."""

from math import floor, isfinite, log10

from pdm.units import display


def shown(value: float, quantity: str, unit: str, shown_unit: str) -> tuple[float, str]:
    """Return an SI value in the unit people speak of it in, and that unit; "" for plain numbers.

    shown_unit : that of the plant; "" where nobody said one
    """
    name, convert = display(quantity, unit, shown_unit)
    return convert(value), "" if name == "1" else name


def figures(values: list[float]) -> list[str]:
    """Write numbers with three significant digits, or up to six until unequal ones differ."""
    for digits in (3, 4, 5, 6):
        texts = [_figure(value, digits) for value in values]
        if len(set(texts)) == len(set(values)):
            break
    return texts


def _figure(value: float, digits: int) -> str:
    if not isfinite(value):
        return "unknown"
    decimals = digits - 1 - floor(log10(abs(value))) if value else 0
    text = f"{value:.{min(max(decimals, 0), 9)}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text

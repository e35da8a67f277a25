"""Names of others made to fit."""

import re

from hypothesis import given
from hypothesis import strategies as st

from pdm.chain.acquisition.naming import fitted
from pdm.records.reading import NAME


@given(st.text(min_size=1, max_size=300))
def test_whatever_the_name_it_fits_and_stays_the_same(name: str) -> None:
    """A name that was made to fit is not changed again."""
    found = fitted(name)
    assert re.fullmatch(NAME, found)
    assert fitted(name) == found == fitted(found)


def test_a_name_that_fits_is_kept_and_others_can_still_be_read() -> None:
    """Accents go, other letters become a hyphen, and a mark keeps two names apart."""
    assert fitted("pump-7") == "pump-7"
    assert re.fullmatch(r"Pump-7-[0-9a-f]{6}", fitted("Pump 7"))
    assert re.fullmatch(r"Kuhlung-[0-9a-f]{6}", fitted("Kühlung"))
    assert (
        len({fitted(name) for name in ("Pump 7", "Pump/7", "Pump-7", "Pump  7", "泵", "°C", "x" * 200)}) == 7
    )

"""Which URLs are stores."""

from pathlib import Path

import pytest
from fakes.records import make_event

from pdm.store.errors import StoreError
from pdm.store.open import open_store
from pdm.store.protocol import Batch


def test_a_file_url_opens_for_both_sides(tmp_path: Path) -> None:
    """The same setting serves the recorder and the readers."""
    url = f"sqlite:///{tmp_path / 'pdm.sqlite'}"
    writer, reader = open_store(url), open_store(url, writing=False)
    writer.record(Batch("t", 0, 0, 1, (make_event(),)))
    assert reader.event("", make_event().id) == (make_event(),)
    writer.close()
    reader.close()


@pytest.mark.parametrize("url", ["", "pdm.sqlite", "sqlite://", "sqlite:///:memory:", "mysql://u:geheim@h/d"])
def test_another_url_is_refused_without_its_password(url: str) -> None:
    """What is no store is refused at start, and no secret lands in a log."""
    with pytest.raises(StoreError) as refused:
        open_store(url)
    assert "geheim" not in str(refused.value)

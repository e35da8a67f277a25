"""API keys as values."""

import re

import pytest

from pdm.access.keys import MAY, Permission, Role, hashed, id_of, mint


def test_a_new_key_says_its_id_and_hides_the_rest() -> None:
    """pdm_ID_SECRET with 256 bits; no two are alike, and a representation shows nothing."""
    texts = {str(mint()) for _ in range(100)}
    assert len(texts) == 100
    for text in texts:
        assert re.fullmatch(r"pdm_[a-z2-7]{8}_[A-Za-z0-9_-]{43}", text)
        assert text.startswith(f"pdm_{id_of(text)}_")
    assert repr(mint()) == "'***'"


@pytest.mark.parametrize("text", ["", "pdm_", "pdm_short_x", "secret", "pdm_aaaaaaaa_" + "x" * 42])
def test_another_text_has_no_id(text: str) -> None:
    """Whatever somebody sends."""
    assert id_of(text) == ""


def test_the_hash_is_sha256_of_the_text() -> None:
    """So that others can compute it, too."""
    assert hashed("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_only_an_admin_both_delivers_and_reads() -> None:
    """A key that leaks from a field device shows nothing, and one from a wall screen delivers nothing."""
    both = {Permission.DELIVER, Permission.READ}
    assert [role for role in Role if both <= MAY[role]] == [Role.ADMIN]
    assert MAY[Role.ADMIN] == frozenset(Permission)

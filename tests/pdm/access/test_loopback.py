"""Which addresses only this machine reaches."""

import pytest

from pdm.access.loopback import is_loopback


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("LocalHost", True),
        ("0.0.0.0", False),  # noqa: S104 - compared, not bound
        ("::", False),
        ("192.168.0.1", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
        ("plant", False),
        ("", False),
    ],
)
def test_loopback(host: str, expected: bool) -> None:
    """A name other than localhost may be anybody's."""
    assert is_loopback(host) is expected

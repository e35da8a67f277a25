"""Reads the knowledge base that comes with the service."""

from functools import cache
from importlib.resources import files

from pdm.chain.advisory.knowledge import Knowledge, load

NAME = "failure_modes.toml"


@cache
def shipped() -> Knowledge:
    """Return the shipped knowledge base."""
    return load(files("pdm.knowledge").joinpath(NAME).read_text(encoding="utf-8"), NAME)

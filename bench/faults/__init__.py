"""Faults put into a running service one after the other: what is promised, and what was seen."""

from bench.faults.suite import run

__all__ = ["run"]

"""A small client for Python programs that deliver readings: kept on disk until the gateway has them."""

from pdm.client.client import Client
from pdm.client.courier import Refused
from pdm.client.spool import SpoolError, SpoolFullError

__all__ = ["Client", "Refused", "SpoolError", "SpoolFullError"]

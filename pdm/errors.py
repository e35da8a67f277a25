"""The few errors of the service; each carries what its reader needs."""

from pdm.records.reading import Reason


class PdmError(Exception):
    """Root of every error that is not a bug."""


class PlantError(PdmError):
    """The plant file is wrong: nothing starts, and the line says where.

    line : 1-based, or 0 where the file as a whole is meant
    """

    def __init__(self, path: str, line: int, problem: str) -> None:
        super().__init__(f"{path}:{line}: {problem}" if line else f"{path}: {problem}")
        self.path, self.line, self.problem = path, line, problem


class RulesError(PlantError):
    """A rule pack is wrong: it is not put in force, and the line says where."""


class RefusedError(PdmError):
    """A message or a request as a whole is refused, with a reason that becomes a metric label."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail = reason, detail


class BrokerError(PdmError):
    """The broker could not be started, or does not answer."""


class StateError(PdmError):
    """State saved by another version cannot be taken over; the message says what to do."""


class KitError(PdmError):
    """A log record names a plant or a model that this worker does not have."""


class NotKnownError(PdmError):
    """Nothing is known of a machine at an instant, or no longer to the second."""

"""What can go wrong with an archive."""

from pdm.errors import PdmError


class ArchiveError(PdmError):
    """The archive is damaged, of another format, or may not be put where it is asked to go."""

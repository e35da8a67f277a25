"""Upkeep: one job after the other beside the writing, as long as there is room on the disk."""

import logging
import re

import pyarrow as pa

from pdm.history.keep import DAY_S, Keep
from pdm.history.manifest import Grade
from pdm.history.merging import SiteOf, execute
from pdm.history.plan import next_job
from pdm.history.writing import Writer
from pdm.plant.spec import Plant

log = logging.getLogger(__name__)

NO_SITE = "-"
RESERVE, SHARE = 1 << 30, 0.05
"""Nothing is written when less than this is free: one GiB, or one part in twenty of a small disk."""


def is_full(writer: Writer) -> bool:
    """Tell whether so little is free that history must leave it to others."""
    free, total = writer.disk.free()
    return free < min(RESERVE, SHARE * total)


def site_of(plant: Plant) -> SiteOf:
    """Return what names a machine's site: the first part of its path in the plant file, or a dash."""

    def site(asset: str) -> str:
        machine = plant.machines.get(asset)
        first = (machine.path if machine else "").split("/")[0]
        return re.sub(r"[^A-Za-z0-9._-]+", "-", first).lstrip(".") or NO_SITE

    return site


class Upkeep:
    """Keeps a history tidy, a job at a time."""

    def __init__(self, writer: Writer, keep: Keep, site: SiteOf) -> None:
        self._writer, self._keep, self._site = writer, keep, site

    def once(self) -> bool:
        """Do the most useful job; False where there is none, or no room for it."""
        self._writer.sweep()
        job = next_job(self._writer.manifest.files(), self._writer.clock(), self._keep)
        if job is None or (is_full(self._writer) and job.grade in {Grade.RAW}):
            return False
        done = execute(self._writer, job, self._site)
        if job.grade is not Grade.RAW:  # readings were thinned out or deleted, and cannot be judged again
            self._writer.manifest.forget_machines(int((self._writer.clock() - self._keep.raw * DAY_S) * 1e9))
        pa.default_memory_pool().release_unused()
        what = f"made {job.grade}" if job.grade else "deleted as too old"
        log.info("history: %d files of %d rows %s", len(job.inputs), sum(f.rows for f in job.inputs), what)
        return done

    def size(self) -> dict[Grade, tuple[int, int]]:
        """Return files and bytes of each grade."""
        found = dict.fromkeys(Grade, (0, 0))
        for file in self._writer.manifest.files():
            files, size = found[file.grade]
            found[file.grade] = files + 1, size + file.bytes
        return found

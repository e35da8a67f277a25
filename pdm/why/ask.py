"""Asking: from the history's folder to a decision."""

from pathlib import Path

from pdm.errors import NotKnownError
from pdm.history.manifest import Grade, Manifest
from pdm.history.page import together
from pdm.history.query import History, Query
from pdm.instant import rfc3339
from pdm.records.decision import Decision
from pdm.why.again import again
from pdm.why.answer import answer


class Inquirer:
    """Answers why from a folder of history; any process may have one."""

    def __init__(self, folder: Path) -> None:
        self._history, self._manifest = History(folder), Manifest(folder)

    def decide(self, asset: str, time_ns: int, run: str = "") -> Decision:
        """Tell why a machine was in alarm at an instant of data time, or was not.

        raises NotKnownError, which says what is known; HistoryError where files cannot be read
        """
        memory = self._manifest.memory(asset, run, time_ns) if self._manifest.exists() else None
        if memory is None:
            raise NotKnownError(f"nothing is known of {asset!r} at {rfc3339(time_ns)}")
        begin = memory.snapshot.time if memory.snapshot else 0
        if self._is_thinned(begin, time_ns):
            raise NotKnownError(f"of {rfc3339(time_ns)} only averages are left")
        query = Query(begin_ns=begin, end_ns=time_ns + 1, assets=(asset,), run=run)
        rows = together([part for _, part in self._history.spans(query)])
        then = again(memory, asset, run, rows)
        if then.judged is None:
            last = f"; the last frame before is of {rfc3339(begin)}" if begin else ""
            raise NotKnownError(f"no frame of {asset!r} at {rfc3339(time_ns)} is in the history yet{last}")
        from_ns = memory.snapshot.time if memory.snapshot else None
        return answer(then, then.judged, time_ns, memory.partition, from_ns)

    def _is_thinned(self, begin_ns: int, end_ns: int) -> bool:
        files = self._manifest.files(begin_ns, end_ns)
        return any(file.grade in {Grade.MINUTE, Grade.HOUR} for file in files)

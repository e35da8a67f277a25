"""A gateway as the client sees it, in a bad mood: down, too busy, or gone after it has accepted."""

from collections.abc import Mapping

import msgspec

from pdm.client.courier import Answer

ACCEPTED = b'{"accepted": 1, "rejected": [], "duplicates": 0}'


class MoodyGateway:
    """Moods in a queue; `accepted` is what reached the broker, in order, a key but once.

    fine         : 202
    down         : no answer
    busy         : 503 with Retry-After
    reset        : accepted, and no answer
    forgetful    : accepted, no answer, and nothing written down, as in a crash before the receipt
    small        : 413, unless it has taken this very batch before
    """

    def __init__(self) -> None:
        self.moods: list[str] = []
        self.accepted: list[bytes] = []
        self.posts = 0
        self._kept: dict[str, tuple[bytes, bytes]] = {}

    def __call__(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Answer a post."""
        self.posts += 1
        mood = self.moods.pop(0) if self.moods else "fine"
        if mood == "down":
            raise ConnectionError("refused")
        if mood == "busy":
            return Answer(503, {"retry-after": "5"}, b'{"detail": "the broker is away"}')
        if mood == "small" and headers["Idempotency-Key"] not in self._kept:
            return Answer(413, {}, b"<html>too large</html>")
        answer = self._answered(body, headers["Idempotency-Key"], forget=mood == "forgetful")
        if mood in {"reset", "forgetful"}:
            raise ConnectionError("reset by peer")
        return answer

    def _answered(self, body: bytes, key: str, *, forget: bool) -> Answer:
        if key in self._kept:
            before, answer = self._kept[key]
            assert before == body, "a key for another body"
            return Answer(202, {"idempotency-replayed": "true"}, answer)
        lines = body.split(b"\n")
        bad = [i for i, line in enumerate(lines) if b"bad" in line]
        self.accepted += [line for i, line in enumerate(lines) if i not in bad]
        rejected = [{"index": i, "reason": "malformed", "detail": "bad"} for i in bad]
        answer = msgspec.json.encode({"accepted": len(lines) - len(bad), "rejected": rejected})
        if not forget:
            self._kept[key] = body, answer
        return Answer(202 if len(bad) < len(lines) else 422, {}, answer)

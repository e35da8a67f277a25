"""Posts over HTTP, on one connection that is kept."""

from collections.abc import Mapping

import httpx

from pdm.client.courier import Answer

TIMEOUT_S = 30.0
"""Longer than the gateway waits for its broker."""


class Poster:
    """Posts readings to the gateway at `url`, until it is closed."""

    def __init__(
        self, url: str, source: str = "", key: str | None = None, client: httpx.Client | None = None
    ) -> None:
        said = {"PDM-Source": source} if source else {}
        self._said = {**said, "Authorization": f"Bearer {key}"} if key else said
        self._client = client or httpx.Client(timeout=TIMEOUT_S)
        self._where = url.rstrip("/") + "/v1/readings"

    def __call__(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post a body; raises ConnectionError where there is no answer."""
        try:
            answer = self._client.post(self._where, content=body, headers={**self._said, **headers})
        except httpx.HTTPError as error:
            raise ConnectionError(repr(error)) from error
        said = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status_code, said, answer.content)

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

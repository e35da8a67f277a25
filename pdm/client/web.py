"""Posts over HTTP, on one connection that is kept."""

from collections.abc import Mapping

import httpx

from pdm.client.courier import Answer, Post

TIMEOUT_S = 30.0
"""Longer than the gateway waits for its broker."""


def poster(url: str, source: str = "", key: str | None = None, client: httpx.Client | None = None) -> Post:
    """Return what posts readings to the gateway at `url`."""
    said = {"PDM-Source": source} if source else {}
    if key:
        said["Authorization"] = f"Bearer {key}"
    open_client = client or httpx.Client(timeout=TIMEOUT_S)
    where = url.rstrip("/") + "/v1/readings"

    def post(body: bytes, headers: Mapping[str, str]) -> Answer:
        try:
            answer = open_client.post(where, content=body, headers={**said, **headers})
        except httpx.HTTPError as error:
            raise ConnectionError(repr(error)) from error
        return Answer(
            answer.status_code, {name.lower(): v for name, v in answer.headers.items()}, answer.content
        )

    return post

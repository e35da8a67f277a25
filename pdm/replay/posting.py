"""Recorded readings posted to a running service, patiently."""

import time

import httpx

from pdm.errors import PdmError

TRIES = 30
"""Times that a service may say that it is busy."""


class ReplayError(PdmError):
    """The service does not take what is replayed, or does not answer."""


def post(client: httpx.Client, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """Post until the service has taken it; 503 says when to come again, 422 that no reading was good."""
    for _ in range(TRIES):
        try:
            response = client.post(
                path, content=body, headers={**headers, "Content-Type": "application/json"}
            )
        except httpx.HTTPError as error:
            raise ReplayError(f"nothing answers at {client.base_url}: {error}") from None
        if response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            break
        time.sleep(float(response.headers.get("Retry-After", "1")))
    if response.status_code not in {httpx.codes.ACCEPTED, httpx.codes.UNPROCESSABLE_ENTITY}:
        raise ReplayError(f"{path}: {response.status_code} {response.text[:300]}")
    return response.content

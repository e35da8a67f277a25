"""Whether an HTTP service says it is ready."""

import ssl
from http import HTTPStatus
from pathlib import Path

import httpx
import msgspec
from msgspec import Struct


class Said(Struct, frozen=True):
    """What a service says that is not ready, as far as it matters here."""

    detail: str = ""


def is_ready(url: str, timeout: float = 2.0, certificate: Path | None = None) -> bool:
    """Tell whether `url`/readyz answers 200 now; see `why_not`."""
    return why_not(url, timeout, certificate) == ""


def why_not(url: str, timeout: float = 2.0, certificate: Path | None = None) -> str:
    """Say why `url`/readyz does not answer 200 now, "" where it does; an absent or a slow answer is a no.

    certificate : the one the service must show where url is https; whatever name it was issued to, since
                  we ask for loopback, and it was issued for those who come from elsewhere
    """
    verify = True if certificate is None else _exactly(certificate)
    try:
        answer = httpx.get(f"{url}/readyz", timeout=timeout, trust_env=False, verify=verify)
    except httpx.HTTPError as error:
        return f"{url} does not answer: {error}"
    if answer.status_code == HTTPStatus.OK:
        return ""
    try:
        return msgspec.json.decode(answer.content, type=Said).detail or f"status {answer.status_code}"
    except msgspec.MsgspecError:
        return f"status {answer.status_code}"


def _exactly(certificate: Path) -> ssl.SSLContext:
    """Trust one certificate, and no authority."""
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context

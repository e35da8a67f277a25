"""Whether an HTTP service says it is ready."""

import ssl
from pathlib import Path

import httpx


def is_ready(url: str, timeout: float = 2.0, certificate: Path | None = None) -> bool:
    """Tell whether `url`/readyz answers 200 now; an absent or a slow answer is a no.

    certificate : the one the service must show where url is https; whatever name it was issued to, since
                  we ask for loopback, and it was issued for those who come from elsewhere
    """
    verify = True if certificate is None else _exactly(certificate)
    try:
        answer = httpx.get(f"{url}/readyz", timeout=timeout, trust_env=False, verify=verify)
    except httpx.HTTPError:
        return False
    return answer.status_code == 200


def _exactly(certificate: Path) -> ssl.SSLContext:
    """Trust one certificate, and no authority."""
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context

"""Whether an HTTP service says it is ready."""

import httpx


def is_ready(url: str, timeout: float = 2.0) -> bool:
    """Tell whether `url`/readyz answers 200 now; an absent or a slow answer is a no."""
    try:
        answer = httpx.get(f"{url}/readyz", timeout=timeout, trust_env=False)
    except httpx.HTTPError:
        return False
    return answer.status_code == 200

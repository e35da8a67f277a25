"""The body of a request: its type, its encoding, and a bound on its size before and after unpacking."""

import zlib
from http import HTTPStatus

from starlette.requests import Request

from pdm.chain.acquisition.decode import MEDIA
from pdm.gateway.problems import HttpError

LARGEST = 16 * 1024 * 1024
"""Bytes of a body, as sent and unpacked."""
_DRAINED = 4 * LARGEST
"""How much of a body too large is read and thrown away, so that its sender gets to read the answer."""
_GZIP = 16 + zlib.MAX_WBITS
_SEVERAL = 64


async def read(request: Request) -> bytes:
    """Read and unpack the body; raises HttpError 413, 415 or 400."""
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding not in {"identity", "gzip", "x-gzip", ""}:
        raise HttpError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Encoding may be gzip or identity")
    body = await _received(request)
    return unpacked(body) if "gzip" in coding else body


def media_type(content_type: str) -> str:
    """Say how a body is to be read, a value of MEDIA; raises HttpError 415."""
    name, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charsets = [p.partition("=")[2].strip('"') for p in parameters if p.startswith("charset=")]
    if name not in MEDIA or any(charset not in {"utf-8", "utf8", "us-ascii"} for charset in charsets):
        raise HttpError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "Content-Type must be application/json (an object or an array) or application/x-ndjson, in UTF-8",
        )
    return MEDIA[name]


def unpacked(body: bytes) -> bytes:
    """Unpack gzip of one or several members; raises HttpError 400, or 413 where too much comes out."""
    parts: list[bytes] = []
    left, rest = LARGEST, body
    try:
        for _ in range(_SEVERAL):
            member = zlib.decompressobj(_GZIP)
            parts.append(member.decompress(rest, left + 1))
            left -= len(parts[-1])
            if left < 0:
                raise _too_large("unpacked")
            if not member.eof:
                raise HttpError(HTTPStatus.BAD_REQUEST, "the gzip body ends too early")
            rest = member.unused_data
            if not rest:
                return b"".join(parts)
    except zlib.error:
        raise HttpError(
            HTTPStatus.BAD_REQUEST, "the body is not gzip, which Content-Encoding says it is"
        ) from None
    raise HttpError(HTTPStatus.BAD_REQUEST, f"the gzip body has more than {_SEVERAL} members")


async def _received(request: Request) -> bytes:
    """Read the body as it is sent."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size <= LARGEST:
            parts.append(part)
        elif size > _DRAINED:
            break
        else:
            parts.clear()
    if size > LARGEST:
        raise _too_large("sent")
    return b"".join(parts)


def _too_large(how: str) -> HttpError:
    detail = f"more than {LARGEST // 2**20} MiB {how}: send smaller batches"
    return HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)

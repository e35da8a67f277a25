"""A client of OpenAI-compatible chat completions that never waits, or reads, without bound."""

import asyncio
from types import TracebackType

import httpx
import msgspec
from msgspec import Struct

from pdm.explainer.protocol import Answer, ExplainerError, Failure, Message

MAX_BYTES = 256 * 1024
"""Of a response; a wording has a few hundred characters."""
MAX_TOKENS = 700


class _Said(Struct, frozen=True):
    content: str | None = None


class _Choice(Struct, frozen=True):
    message: _Said
    finish_reason: str | None = None


class _Completion(Struct, frozen=True):
    choices: tuple[_Choice, ...]


class Completions:
    """One model behind one base URL, `http://host:port/v1`.

    timeout_s : for the whole answer, not between its bytes
    transport : another way to the server, for tests
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key: str = "",
        *,
        timeout_s: float = 20.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._model, self._timeout_s = model, timeout_s
        headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
        self._url = base_url.rstrip("/") + "/chat/completions"
        self._client = httpx.AsyncClient(
            headers=headers, timeout=timeout_s, transport=transport, follow_redirects=False
        )

    async def __aenter__(self) -> "Completions":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def model(self) -> str:
        """See `Explainer.model`."""
        return self._model

    async def complete(self, messages: tuple[Message, ...]) -> Answer:
        """See `Explainer.complete`."""
        try:
            async with asyncio.timeout(self._timeout_s):
                status, body = await self._post(messages)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise ExplainerError(Failure.TIMEOUT, f"no answer in {self._timeout_s:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ExplainerError(Failure.UNREACHABLE, f"{type(error).__name__}: {error}") from error
        if status != httpx.codes.OK:
            raise ExplainerError(Failure.REFUSED, f"status {status}")
        return _answer(body)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def _post(self, messages: tuple[Message, ...]) -> tuple[int, bytes]:
        request = {
            "model": self._model,
            "messages": [{"role": one.role, "content": one.content} for one in messages],
            "temperature": 0,
            "max_tokens": MAX_TOKENS,
            "stream": False,
        }
        body = bytearray()
        async with self._client.stream("POST", self._url, json=request) as response:
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > MAX_BYTES:
                    raise ExplainerError(Failure.TOO_LARGE, f"more than {MAX_BYTES} bytes")
        return response.status_code, bytes(body)


def _answer(body: bytes) -> Answer:
    try:
        completion = msgspec.json.decode(body, type=_Completion)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ExplainerError(Failure.MALFORMED, str(error)) from error
    if not completion.choices:
        raise ExplainerError(Failure.MALFORMED, "no choices")
    choice = completion.choices[0]
    return Answer(choice.message.content or "", cut_off=choice.finish_reason == "length")

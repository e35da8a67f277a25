"""The client against a server that answers well, badly, late, endlessly, or not at all."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from fakes.completions import FakeCompletions
from fakes.records import make_event
from fakes.serving import unused_port

from pdm.chain.advisory.draft import draft
from pdm.explainer.llm import MAX_BYTES, Completions
from pdm.explainer.protocol import Answer, ExplainerError, Failure, Message
from pdm.explainer.word import word
from pdm.knowledge.shipped import shipped

ASKED = (Message("user", "Hello?"),)


def completion(**choice: object) -> bytes:
    """Return the body of a response with one choice."""
    return json.dumps(
        {"choices": [{"message": {"content": "Hi."}, "finish_reason": "stop"} | choice]}
    ).encode()


def ask(transport: httpx.AsyncBaseTransport, timeout_s: float = 5.0) -> Answer:
    """Ask once over a transport."""

    async def once() -> Answer:
        async with Completions(
            "http://llm.test/v1/", "m", "geheim", timeout_s=timeout_s, transport=transport
        ) as llm:
            return await llm.complete(ASKED)

    return asyncio.run(once())


def test_a_question_goes_out_as_chat_completions_and_the_answer_comes_back() -> None:
    """Model, messages and key are sent, the text is what the model said."""
    seen: list[httpx.Request] = []

    def serve(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=completion())

    assert ask(httpx.MockTransport(serve)) == Answer("Hi.")
    assert str(seen[0].url) == "http://llm.test/v1/chat/completions"
    assert seen[0].headers["authorization"] == "Bearer geheim"
    sent = json.loads(seen[0].content)
    assert (sent["model"], sent["messages"]) == ("m", [{"role": "user", "content": "Hello?"}])
    assert sent["max_tokens"] > 0


def test_an_answer_that_was_stopped_by_its_length_says_so() -> None:
    """`finish_reason` length is kept, and an answer without content is empty text."""
    cut = httpx.MockTransport(lambda _: httpx.Response(200, content=completion(finish_reason="length")))
    silent = httpx.MockTransport(lambda _: httpx.Response(200, content=completion(message={"content": None})))
    assert ask(cut) == Answer("Hi.", cut_off=True)
    assert ask(silent) == Answer("")


@pytest.mark.parametrize(
    ("response", "failure"),
    [
        (httpx.Response(500, content=b"oops"), Failure.REFUSED),
        (httpx.Response(429, content=b"slow down"), Failure.REFUSED),
        (httpx.Response(302, headers={"location": "http://elsewhere.test/"}), Failure.REFUSED),
        (httpx.Response(200, content=b"<html>"), Failure.MALFORMED),
        (httpx.Response(200, content=b'{"choices": []}'), Failure.MALFORMED),
        (httpx.Response(200, content=b'{"choices": [{"message": "text"}]}'), Failure.MALFORMED),
        (httpx.Response(200, content=b'{"choices": [{"message": {"content": "\xff"}}]}'), Failure.MALFORMED),
        (httpx.Response(200, content=b" " * (MAX_BYTES + 1)), Failure.TOO_LARGE),
    ],
)
def test_what_is_no_answer_has_its_reason(response: httpx.Response, failure: Failure) -> None:
    """Each kind of useless response is told apart, and none gets through."""
    with pytest.raises(ExplainerError) as refused:
        ask(httpx.MockTransport(lambda _: response))
    assert refused.value.failure is failure


class Endless(httpx.AsyncByteStream):
    """A body that never ends, a byte whenever it is asked."""

    def __init__(self) -> None:
        self.sent = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give pieces for ever."""
        while True:
            self.sent += 4096
            yield b"x" * 4096


def test_an_endless_body_is_not_read_to_its_end() -> None:
    """Reading stops at the bound, not when memory does."""
    body = Endless()
    with pytest.raises(ExplainerError, match="too_large"):
        ask(httpx.MockTransport(lambda _: httpx.Response(200, stream=body)))
    assert body.sent <= MAX_BYTES + 2 * 4096


def test_a_server_that_never_answers_is_given_up() -> None:
    """The timeout is for the whole answer."""

    async def hang(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(ExplainerError) as refused:
        ask(httpx.MockTransport(hang), timeout_s=0.02)
    assert refused.value.failure is Failure.TIMEOUT


def test_a_server_that_is_not_there_is_unreachable() -> None:
    """A refused connection is a failure of its own kind."""

    async def once() -> Answer:
        async with Completions(f"http://127.0.0.1:{unused_port()}/v1", "m") as llm:
            return await llm.complete(ASKED)

    with pytest.raises(ExplainerError) as refused:
        asyncio.run(once())
    assert refused.value.failure is Failure.UNREACHABLE


def test_over_a_real_socket_a_draft_is_worded() -> None:
    """From draft to revision 2 through a server on loopback: the repair works there too."""
    event = make_event()
    advice = draft(event, shipped())

    async def through(url: str) -> str:
        async with Completions(url, "m", "geheim") as llm:
            return (await word(advice, event, llm)).source

    with FakeCompletions("Everything is 100 % fine.") as server:
        assert asyncio.run(through(server.base_url)) == "llm"
    assert [len(request["messages"]) for request in server.history] == [2, 4]
    assert server.authorizations == ["Bearer geheim"] * 2

"""What every request goes through: a bounded body, headers, counting, and faults that tell nothing of an article."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from framing.service.limits import Limits
from framing.service.metrics import Metrics
from framing.service.refusals import CLIENT_GONE, Refusal, as_json

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_log = logging.getLogger(__name__)
_HEADERS: Final = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
PATHS: Final = ("/v1/screen", "/v1/screen/batch", "/healthz", "/readyz", "/metrics", "/openapi.json")
_OTHER: Final = "other"
"""Stands in the metrics for a path that is not ours, which could be anything."""


class ClientGone(Exception):
    """The client hung up before there was an answer."""


class Envelope:
    """ASGI middleware around the whole service."""

    def __init__(self, app: Callable[[Message, Receive, Send], Awaitable[None]], limits: Limits, metrics: Metrics) -> None:
        """Wrap an ASGI application."""
        self._app, self._limits, self._metrics = app, limits, metrics

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass one request on; see the ASGI specification, version 3."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = CLIENT_GONE

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        try:
            await self._answer(scope, receive, sending)
        except ClientGone:
            status = CLIENT_GONE
        except Exception as error:
            # Neither the message nor the lines of a traceback's values: they may quote an article. The answer has been sent.
            place = traceback.extract_tb(error.__traceback__)[-1]
            _log.error("%s at %s:%s while answering %s", type(error).__name__, place.filename, place.lineno, _known(scope))
        finally:
            path = _known(scope)
            self._metrics.requests.labels(path, str(status)).inc()
            self._metrics.seconds.labels(path).observe(time.perf_counter() - began)

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                body = await self._body(scope, receive)
        except TimeoutError:
            refusal = Refusal("body_too_slow", f"the body did not arrive within {self._limits.body_seconds} s")
        except Refusal as error:
            refusal = error
        else:
            await self._app(scope, _replayed(body, receive), send)
            return
        # The rest of the body would be read as the next request.
        await as_json(refusal.to_dict(), refusal.status_code, {"Connection": "close"})(scope, receive, send)

    async def _body(self, scope: Message, receive: Receive) -> bytes:
        limit = self._limits.body_bytes
        stated = dict(scope["headers"]).get(b"content-length", b"0")
        if stated.isdigit() and int(stated) > limit:
            raise Refusal("body_too_large", f"the body has {int(stated)} bytes; the limit is {limit}")
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            body += message.get("body", b"")
            if len(body) > limit:
                raise Refusal("body_too_large", f"the body has over {limit} bytes, which is the limit")
            if not message.get("more_body", False):
                return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body as one message, and after it whatever comes."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _known(scope: Message) -> str:
    return scope["path"] if scope["path"] in PATHS else _OTHER

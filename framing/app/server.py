"""Serves the page on this machine: the page itself, its API, `/healthz`, headers that keep it from asking anything of others, and a broom.

Gradio keeps an upload under the digest of its content: the same file from two visitors would be one file, which the first to be read takes
from the other. Here each upload gets a folder of its own. What is left of any is swept, and of a visitor who is gone for long, too.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import gradio as gr
import uvicorn
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from gradio.utils import get_upload_folder

from framing.app.newsroom import MAX_UPLOAD
from framing.app.theme import head, theme
from framing.app.uploads import KEPT, SWEPT_EVERY, end, private_place, put, sweep
from framing.version import __version__

Message = MutableMapping[str, Any]

# Gradio's own page needs inline scripts and evaluates templates; nothing may come from, or go to, another host.
_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'none'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
_UPLOAD: Final = "/gradio_api/upload"
SPARED: Final = 1 << 30
"""Bytes that uploads leave free on their disk: each waits up to an hour, and together they could fill it."""
_SHUTDOWN: Final = 3
"""Seconds that pages still open, whose connections last as long as they do, hold up the end of the server."""
_HEADERS: Final = (
    (b"content-security-policy", _POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


class PrivateHeaders:
    """ASGI middleware that adds the headers to every response over HTTP."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        """Wrap an ASGI application."""
        self._app = app

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
        """Pass one request on; see the ASGI specification, version 3."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        await self._app(scope, receive, sending if scope["type"] == "http" else send)


class OwnPagesOnly:
    """ASGI middleware that refuses what a page of another site asks: it would act for whoever has that page open, inside the network.

    Browsers name the site of the asking page in `Origin` (RFC 6454), which no page can forge; programs send none. Behind a proxy that
    changes `Host`, `X-Forwarded-Host` tells what the visitor's browser asked for.
    """

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        """Wrap an ASGI application."""
        self._app = app

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
        """Pass one request on, or answer it with 403; see the ASGI specification, version 3."""
        if scope["type"] != "http" or not (origin := _header(scope, b"origin")):
            await self._app(scope, receive, send)
            return
        host = _header(scope, b"host")
        # «null», what a page without a site of its own says, has no host: it is refused.
        if origin.partition("://")[2] in {host, _header(scope, b"x-forwarded-host").partition(",")[0].strip()} - {""}:
            await self._app(scope, receive, send)
            return
        said = f"A page of {origin} asked this; expected one of {host}. Open the page at its own address.\n"
        await PlainTextResponse(said, status_code=403)(scope, receive, send)


def _header(scope: Message, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


class PrivateUploads:
    """ASGI middleware that moves each file that was uploaded to a folder of its own before anybody is told where it lies.

    Where less than `SPARED` is left on the disk, an upload is answered with 507.
    """

    def __init__(self, app: Callable[..., Awaitable[None]], folder: Path) -> None:
        """Wrap an ASGI application whose uploads come to lie in `folder`."""
        self._app = app
        self._folder = folder
        self._under_way = 0
        self._shared: set[Path] = set()

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
        """Pass one request on; see the ASGI specification, version 3."""
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].rstrip("/").endswith(_UPLOAD):
            await self._app(scope, receive, send)
            return
        if shutil.disk_usage(self._folder).free < SPARED:
            said = f"This server keeps {SPARED >> 20:,} MB of its disk free, and is there now: try again later, or paste the text."
            await PlainTextResponse(said, status_code=507)(scope, receive, send)
            return
        answer: list[Message] = []

        async def hold(message: Message) -> None:
            answer.append(message)

        self._under_way += 1
        try:
            # Uncompressed: the answer is read here.
            headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            await self._app({**scope, "headers": headers}, receive, hold)
            messages = self._moved(answer)
        finally:
            self._under_way -= 1
            # Two uploads of one content at a time share a file: it stays until neither may still have to find it.
            if not self._under_way:
                for file in self._shared:
                    file.unlink(missing_ok=True)
                self._shared.clear()
        for message in messages:
            await send(message)

    def _moved(self, answer: list[Message]) -> list[Message]:
        """The answer to an upload, a list of paths, with those of the files' own places."""
        start, *rest = answer
        if start["status"] != 200:
            return answer
        files = [Path(path) for path in json.loads(b"".join(message.get("body", b"") for message in rest))]
        places = [private_place(self._folder, file.name) for file in files]
        for file, place in zip(files, places, strict=True):
            put(file, place)
        self._shared.update(files)
        body = json.dumps([str(place) for place in places]).encode()
        headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        start = {**start, "headers": [*headers, (b"content-length", str(len(body)).encode())]}
        return [start, {"type": "http.response.body", "body": body}]


async def _sweep(page: gr.Blocks, folder: Path) -> None:
    while True:
        await asyncio.sleep(SWEPT_EVERY)
        await asyncio.to_thread(sweep, folder, KEPT)
        _forget_visitors(page)


def _forget_visitors(page: gr.Blocks) -> None:
    """Gradio keeps what a page last showed, the draft with it, of thousands of visitors, whenever they came."""
    holder = page.state_holder
    limit = datetime.now() - timedelta(seconds=KEPT)
    for visitor, used in list(holder.time_last_used.items()):
        if used < limit:
            with holder.lock:
                holder.session_data.pop(visitor, None)
                holder.time_last_used.pop(visitor, None)


def application(page: gr.Blocks, mcp: bool = False) -> FastAPI:
    """The whole site as an ASGI application; `page` as `build` makes it, with Gradio's files in a folder of the site's own."""
    folder = Path(get_upload_folder())

    @asynccontextmanager
    async def swept(_: FastAPI) -> AsyncIterator[None]:
        broom = asyncio.create_task(_sweep(page, folder))
        try:
            yield
        finally:
            broom.cancel()
            end(folder)

    site = FastAPI(title="framing", version=__version__, docs_url=None, redoc_url=None, openapi_url=None, lifespan=swept)

    @site.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok", "version": __version__}

    site.add_middleware(PrivateUploads, folder=folder)
    site.add_middleware(OwnPagesOnly)
    site.add_middleware(PrivateHeaders)
    gr.mount_gradio_app(
        site,
        page,
        path="/",
        footer_links=["api"],
        run_history=False,
        ssr_mode=False,
        pwa=False,
        enable_monitoring=False,
        max_file_size=MAX_UPLOAD,
        mcp_server=mcp,
        theme=theme(),
        head=head(),
        show_error=False,
    )
    return site


def serve(page: gr.Blocks, host: str, port: int, mcp: bool) -> None:
    """Serve until interrupted."""
    uvicorn.run(application(page, mcp), host=host, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=_SHUTDOWN)

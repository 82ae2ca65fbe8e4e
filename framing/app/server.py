"""Serves the page on this machine: the page itself, its API, `/healthz`, and headers that keep it from asking anything of others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import gradio as gr
import uvicorn
from fastapi import FastAPI

from framing.app.newsroom import MAX_UPLOAD
from framing.app.theme import head, theme
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


def application(page: gr.Blocks, mcp: bool = False) -> FastAPI:
    """The whole site as an ASGI application."""
    site = FastAPI(title="framing", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)

    @site.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok", "version": __version__}

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

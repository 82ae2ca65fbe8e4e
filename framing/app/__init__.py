"""The editors' page: a draft is screened in the browser, on this machine."""

from __future__ import annotations

from framing.app.page import build
from framing.app.server import application, serve

__all__ = ["application", "build", "serve"]

"""Articles in over HTTP, screenings out: `framing serve`."""

from __future__ import annotations

from framing.service.application import application
from framing.service.desk import Desk
from framing.service.limits import Limits
from framing.service.serving import serve

__all__ = ["Desk", "Limits", "application", "serve"]

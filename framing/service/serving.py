"""Runs the service until it is told to end."""

from __future__ import annotations

import os
import socket
from types import FrameType
from typing import Final

import uvicorn

from framing.errors import ConfigError
from framing.service.application import application
from framing.service.desk import Desk

_SENDING: Final = 10
"""Seconds that answers, all of them computed, may take to be sent at the end."""
_BACKLOG: Final = 2048


class _Server(uvicorn.Server):
    """Ends in order: at the first signal it refuses what is new and finishes what was accepted, at the second it ends at once."""

    def __init__(self, config: uvicorn.Config, desk: Desk) -> None:
        super().__init__(config)
        self._desk = desk

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take SIGTERM or Ctrl-C."""
        if self._desk.draining:
            self.should_exit = self.force_exit = True
        self._desk.drain()

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: whether to end."""
        self.should_exit = self.should_exit or self._desk.over
        return await super().on_tick(counter)


def serve(desk: Desk, host: str, port: int, with_metrics: bool = True) -> None:
    """Serve until SIGTERM or Ctrl-C, then finish what was accepted.

    Raises:
        ConfigError: the address cannot be listened on.
        FramingError: the model cannot be loaded.
    """
    config = uvicorn.Config(
        application(desk, with_metrics),
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="on",
        ws="none",
        timeout_graceful_shutdown=_SENDING,
    )
    with listening(host, port) as listener:
        _Server(config, desk).run(sockets=[listener])
    # Uvicorn leaves this out where it is made to end at once.
    desk.stop()
    if desk.fault is not None:
        raise desk.fault


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there; raises ConfigError where it cannot."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            if os.name == "posix":
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(_BACKLOG)
        except BaseException:
            listener.close()
            raise
    except OSError as error:
        reason = error.strerror or error
        raise ConfigError(f"'{host}' port {port} cannot be listened on ({reason}); name another with --host or --port") from error
    return listener

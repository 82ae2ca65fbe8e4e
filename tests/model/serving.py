"""The service on a port of this machine, and requests to it."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

import uvicorn
from prometheus_client.parser import text_string_to_metric_families

from framing.service import Desk, application
from framing.service.serving import listening

WAIT = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The error's code; everything else about the shape of an error is checked on the way."""
        assert self.headers["content-type"] == "application/json"
        assert list(self.json) == ["error"] and list(self.json["error"]) == ["code", "message"]
        assert self.json["error"]["message"]
        return str(self.json["error"]["code"])


def ask(port: int, method: str, path: str, content: Any = None, kind: str = "application/json") -> Answer:
    """One request on a connection of its own; `content` goes as JSON unless it is bytes."""
    connection = HTTPConnection("127.0.0.1", port, timeout=WAIT)
    try:
        body = content if isinstance(content, bytes) or content is None else json.dumps(content).encode()
        connection.request(method, path, body, {"Content-Type": kind} if body is not None else {})
        response = connection.getresponse()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    finally:
        connection.close()


def post(port: int, content: Any, path: str = "/v1/screen") -> Answer:
    return ask(port, "POST", path, content)


def head_of_post(length: int) -> bytes:
    """The head of a request whose body a test sends by hand."""
    return f"POST /v1/screen HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n".encode()


def samples(port: int) -> dict[str, float]:
    """The metrics, by name and labels, as Prometheus's own parser reads them."""
    answer = ask(port, "GET", "/metrics")
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.body.decode())
    return {f"{s.name}{sorted(s.labels.values()) if s.labels else ''}": s.value for family in families for s in family.samples}


def until(fact: Callable[[], bool]) -> None:
    """Wait for something that comes soon."""
    end = time.monotonic() + WAIT
    while not fact():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.005)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def served(desk: Desk, ready: bool = True) -> Iterator[int]:
    """The port of a service in a thread, once it takes articles."""
    server = uvicorn.Server(uvicorn.Config(application(desk), log_level="warning", access_log=False, lifespan="on"))
    with listening("127.0.0.1", 0) as listener:
        port = int(listener.getsockname()[1])
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            until(lambda: server.started and (desk.ready or not ready))
            yield port
        finally:
            server.should_exit = True
            thread.join(WAIT)
    assert not thread.is_alive()

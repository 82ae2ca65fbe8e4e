"""Every answer that is no result, in one shape: {"error": {"code": ..., "message": ...}}."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request, Response
from fastapi.exceptions import HTTPException, RequestValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException

CODES: Final[Mapping[str, tuple[int, str]]] = {
    "bad_request": (400, "The body cannot be read as JSON."),
    "not_found": (404, "There is nothing at this path."),
    "method_not_allowed": (405, "The path does not take this method; the header Allow names those that it takes."),
    "body_too_slow": (408, "The body did not arrive in time."),
    "body_too_large": (413, "The body is over the limit of bytes."),
    "invalid_request": (422, "The body is not what the endpoint takes; the message names the field."),
    "too_many_articles": (422, "The request holds more articles than the limit."),
    "article_too_long": (422, "The article holds more characters than the limit."),
    "queue_full": (429, "Too much waits already; try again after the seconds in Retry-After."),
    "internal": (500, "A fault of the service."),
    "not_ready": (503, "The model is still loading."),
    "shutting_down": (503, "The service is ending; it finishes what it has accepted and takes nothing new."),
}
"""Status and meaning of each code."""
CLIENT_GONE: Final = 499
"""Status that the metrics count where the client hung up before there was an answer; nobody is sent it."""
_BY_STATUS: Final = {400: "bad_request", 404: "not_found", 405: "method_not_allowed"}


class Refusal(HTTPException):
    """A request, or an article of one, that is not screened."""

    def __init__(self, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        """Take the status from `CODES`; the message says what was found and what was expected, and quotes no article."""
        super().__init__(CODES[code][0], message, dict(headers) if headers else None)
        self.code = code

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return error_body(self.code, str(self.detail))


def error_body(code: str, message: str) -> dict[str, Any]:
    """The one shape of all errors."""
    return {"error": {"code": code, "message": message}}


def as_json(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON response. It is ASCII, since the lone surrogates that JSON may smuggle in have no UTF-8."""
    return Response(json.dumps(content, separators=(",", ":")), status, headers, "application/json")


async def on_http_error(request: Request, error: Exception) -> Response:
    """Answer to a refusal, and to a path or method that is not there."""
    if isinstance(error, Refusal):
        return as_json(error.to_dict(), error.status_code, error.headers)
    if not isinstance(error, StarletteHTTPException):
        return await on_fault(request, error)
    code = _BY_STATUS.get(error.status_code, "internal" if error.status_code >= 500 else "bad_request")
    return as_json(error_body(code, CODES[code][1]), error.status_code, error.headers)


async def on_invalid(request: Request, error: Exception) -> Response:
    """Answer to a body that is not what the endpoint takes: the first field at fault, and why, without what stood in it."""
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    told = "the body is not what the endpoint takes"
    if faults:
        fault = faults[0]
        if fault["type"] == "json_invalid":
            return as_json(error_body("bad_request", f"the body is not JSON ({fault['ctx']['error']}); expected one object"), 400)
        place = ".".join(str(part) for part in fault["loc"][1:]) or "body"
        told = f"{place}: {str(fault['msg']).removeprefix('Value error, ')}; /openapi.json has what is expected"
    return as_json(error_body("invalid_request", told), 422)


async def on_fault(request: Request, error: Exception) -> Response:
    """Answer to a fault of ours; what it was stands in the log alone."""
    return as_json(error_body("internal", "a fault of the service; its log says where"), 500)

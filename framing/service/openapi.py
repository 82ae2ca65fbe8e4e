"""The description of the service at /openapi.json."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from framing.service.limits import Limits
from framing.service.refusals import CODES, error_body
from framing.service.requests import SAMPLE

_REFERENCE: Final = "#/components/schemas/"
_RETRY_AFTER: Final = {"description": "Seconds after which to try again.", "schema": {"type": "integer", "minimum": 1}}
REQUEST_EXAMPLE: Final = {"text": SAMPLE, "id": "draft-7", "only": "own"}
BATCH_EXAMPLE: Final = {"articles": [{"id": "a", "text": SAMPLE}, {"id": "b", "text": "The council met."}], "sensitivity": "quiet"}


def content(schema: str, example: Any = None) -> dict[str, Any]:
    """A JSON body under a schema of `components`."""
    body: dict[str, Any] = {"schema": {"$ref": f"{_REFERENCE}{schema}"}}
    if example is not None:
        body["example"] = example
    return {"application/json": body}


def refused(codes: Sequence[str]) -> dict[int | str, dict[str, Any]]:
    """Responses of these codes, by status."""
    responses: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        status, meaning = CODES[code]
        response = responses.setdefault(status, {"description": "", "content": content("Error")})
        response["description"] = f"{response['description']} `{code}`: {meaning}".strip()
        response["content"]["application/json"].setdefault("examples", {})[code] = {"value": error_body(code, meaning)}
        if status in (429, 503):
            response["headers"] = {"Retry-After": _RETRY_AFTER}
    return responses


def description(site: FastAPI, limits: Limits) -> dict[str, Any]:
    """The whole document, OpenAPI 3.1; what it refers to stands in it."""
    about: dict[str, Any] = {"description": site.description, "license_info": site.license_info}
    document = get_openapi(title=site.title, version=site.version, routes=site.routes, **about)
    schemas = document["components"]["schemas"]
    for own in ("HTTPValidationError", "ValidationError"):
        schemas.pop(own, None)
    schemas.update(_screening(), Error=_error())
    schemas["BatchItem"] = {
        "description": "A result, or why there is none, at the place of its article.",
        "anyOf": [{"$ref": f"{_REFERENCE}Screening"}, {"$ref": f"{_REFERENCE}ArticleError"}],
    }
    schemas["ArticleError"] = _error(of_article=True)
    schemas["ScreenRequest"]["properties"]["text"]["maxLength"] = limits.characters
    schemas["BatchRequest"]["properties"]["articles"]["maxItems"] = limits.articles
    return document


def _error(of_article: bool = False) -> dict[str, Any]:
    error = {
        "type": "object",
        "additionalProperties": False,
        "required": ["code", "message"],
        "properties": {"code": {"enum": list(CODES)}, "message": {"type": "string"}},
    }
    named: dict[str, Any] = {"id": _ID} if of_article else {}
    properties = {**named, "error": error}
    return {"type": "object", "additionalProperties": False, "required": list(properties), "properties": properties}


_ID: Final = {"description": "The id that came with the article.", "type": ["string", "null"]}


def _screening() -> dict[str, Any]:
    """The schemas of a screening, under the names of `components`; the article's id is added."""
    text = files("framing.reports").joinpath("screening.schema.json").read_text(encoding="utf-8")
    inner = json.loads(text.replace("#/$defs/", f"{_REFERENCE}Screening."))
    parts = {f"Screening.{name}": schema for name, schema in inner.pop("$defs").items()}
    for about in ("$schema", "$id"):
        inner.pop(about)
    inner["properties"] = {"id": _ID, **inner["properties"]}
    inner["required"] = ["id", *inner["required"]]
    return {"Screening": inner, **parts}

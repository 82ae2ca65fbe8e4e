"""The endpoints, as an ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException

from framing.batch.settings import Settings
from framing.screening import Screening
from framing.service.desk import Desk
from framing.service.envelope import ClientGone, Envelope
from framing.service.openapi import BATCH_EXAMPLE, REQUEST_EXAMPLE, content, description, refused
from framing.service.refusals import Refusal, as_json, on_fault, on_http_error, on_invalid
from framing.service.requests import BatchRequest, ScreenRequest
from framing.version import __version__

_BODY: Final = ("bad_request", "body_too_slow", "body_too_large", "invalid_request")
_MODEL: Final = ("queue_full", "internal", "not_ready", "shutting_down")
_NAME: Final = {"type": "string"}
_STATUS: Final[dict[str, Any]] = {"type": "object", "required": ["status", "version"], "properties": {"status": _NAME, "version": _NAME}}
_ABOUT: Final = (
    "Marks the wording of an article that frames rather than informs, with calibrated probabilities. It says 'look at this wording', "
    "never 'this is false'. Articles live in memory until they are answered, and stand in no log."
)


def application(desk: Desk, with_metrics: bool = True) -> Envelope:
    """The service as an ASGI application; the desk starts and stops with it."""

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        desk.start()
        yield
        await asyncio.to_thread(desk.stop)

    site = FastAPI(
        title="framing",
        version=__version__,
        description=_ABOUT,
        license_info={"name": "MIT", "identifier": "MIT"},
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=running,
        exception_handlers={HTTPException: on_http_error, RequestValidationError: on_invalid, Exception: on_fault},
    )
    _add_screening(site, desk)
    _add_state(site, desk)
    if with_metrics:
        _add_metrics(site, desk)
    document: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not document:
            document.update(description(site, desk.limits))
        return document

    site.openapi = openapi  # type: ignore[method-assign]
    return Envelope(site, desk.limits, desk.metrics)


def _add_screening(site: FastAPI, desk: Desk) -> None:
    limits = desk.limits

    @site.post(
        "/v1/screen",
        operation_id="screen",
        summary="Screen one article",
        response_class=Response,
        responses={
            200: {"description": "The screening.", "content": content("Screening")},
            **refused([*_BODY, "article_too_long", *_MODEL]),
        },
        openapi_extra={"requestBody": {"content": content("ScreenRequest", REQUEST_EXAMPLE), "required": True}},
    )
    async def screen(asked: ScreenRequest, request: Request) -> Response:
        fault = _too_long(asked.text, limits.characters)
        if fault:
            raise fault
        (result,) = await _screened(desk, request, [asked.text], asked.settings())
        if isinstance(result, Refusal):
            raise result
        return as_json({"id": asked.id, **result.to_dict()})

    @site.post(
        "/v1/screen/batch",
        operation_id="screen_batch",
        summary="Screen several articles",
        response_class=Response,
        responses={
            200: {
                "description": "One result or error for each article, in their order.",
                "content": {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/BatchItem"}}}},
            },
            **refused([*_BODY, "too_many_articles", *_MODEL]),
        },
        openapi_extra={"requestBody": {"content": content("BatchRequest", BATCH_EXAMPLE), "required": True}},
    )
    async def screen_batch(asked: BatchRequest, request: Request) -> Response:
        if len(asked.articles) > limits.articles:
            raise Refusal("too_many_articles", f"the request holds {len(asked.articles)} articles; the limit is {limits.articles}")
        faults = [_too_long(article.text, limits.characters) for article in asked.articles]
        readable = [article.text for article, fault in zip(asked.articles, faults, strict=True) if not fault]
        results = iter(await _screened(desk, request, readable, asked.settings()))
        outcomes = [fault or next(results) for fault in faults]
        return as_json([{"id": article.id, **outcome.to_dict()} for article, outcome in zip(asked.articles, outcomes, strict=True)])


def _add_state(site: FastAPI, desk: Desk) -> None:
    states = {"application/json": {"schema": _STATUS, "example": {"status": "ok", "version": __version__}}}

    @site.get(
        "/healthz",
        operation_id="healthz",
        summary="Whether the service lives",
        response_class=Response,
        responses={200: {"description": "It does.", "content": states}},
    )
    async def healthz() -> Response:
        return as_json({"status": "ok", "version": __version__})

    @site.get(
        "/readyz",
        operation_id="readyz",
        summary="Whether the model is loaded and articles are taken",
        response_class=Response,
        responses={200: {"description": "They are.", "content": states}, **refused(["not_ready", "shutting_down"])},
    )
    async def readyz() -> Response:
        if not desk.ready:
            desk.accept((), Settings())
        return as_json({"status": "ok", "version": __version__})


def _add_metrics(site: FastAPI, desk: Desk) -> None:
    @site.get(
        "/metrics",
        operation_id="metrics",
        summary="Counters in Prometheus's text format",
        response_class=Response,
        responses={200: {"description": "The counters.", "content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def metrics() -> Response:
        return Response(desk.metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _too_long(text: str, limit: int) -> Refusal | None:
    return Refusal("article_too_long", f"the article has {len(text)} characters; the limit is {limit}") if len(text) > limit else None


async def _screened(desk: Desk, request: Request, texts: Sequence[str], settings: Settings) -> list[Screening | Refusal]:
    """Screen the articles, or forget them when the client hangs up; each result, or the refusal of that article.

    Raises:
        Refusal: nothing is taken.
        ClientGone: the client hung up.
    """
    order = desk.accept(texts, settings)
    screenings = (asyncio.wrap_future(job.screening) for job in order.jobs)
    results: asyncio.Future[list[Screening | BaseException]] = asyncio.gather(*screenings, return_exceptions=True)
    gone: asyncio.Future[None] = asyncio.ensure_future(_hung_up(request))
    try:
        waited: set[asyncio.Future[Any]] = {results, gone}
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        if not results.done():
            raise ClientGone
    finally:
        gone.cancel()
        if not results.done():
            # Its futures end with it, and so does what gathers them.
            desk.drop(order)
    return [_outcome(result) for result in results.result()]


def _outcome(result: Screening | BaseException) -> Screening | Refusal:
    if isinstance(result, (Screening, Refusal)):
        return result
    raise result


async def _hung_up(request: Request) -> None:
    """Return when the client has hung up; the body has been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass

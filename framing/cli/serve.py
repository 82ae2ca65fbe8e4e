"""`framing serve`: the screening as an HTTP service."""

from __future__ import annotations

from typing import Annotated

import typer

from framing.backends.choice import AUTO
from framing.cli.options import ComputeOption, ModelOption
from framing.errors import MissingExtra


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 lets other machines in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8080,
    model: ModelOption = None,
    compute: ComputeOption = "cpu",
    engine: Annotated[str, typer.Option(help="torch or openvino; auto takes the fastest that is installed.")] = AUTO,
    precision: Annotated[str, typer.Option(help="float32, bfloat16 or int8; auto takes the fastest that keeps the scores.")] = AUTO,
    threads: Annotated[int | None, typer.Option(min=1, help="Threads to compute with; all cores without it.")] = None,
    max_queue: Annotated[int, typer.Option(min=1, help="Requests that wait at most; others are told when to come back.")] = 256,
    max_queue_characters: Annotated[int, typer.Option(min=1, help="Characters that wait at most.")] = 2_000_000,
    max_body: Annotated[int, typer.Option(min=1, help="Bytes of a request at most.")] = 8 * 1024**2,
    max_articles: Annotated[int, typer.Option(min=1, help="Articles of a request at most.")] = 64,
    max_characters: Annotated[int, typer.Option(min=1, help="Characters of an article at most.")] = 200_000,
    batch_characters: Annotated[
        int, typer.Option(min=1, help="Characters that the model reads together; 1 reads every article alone.")
    ] = 16_000,
    no_metrics: Annotated[bool, typer.Option("--no-metrics", help="Do not serve /metrics.")] = False,
) -> None:
    """Serve the screening over HTTP: POST /v1/screen and /v1/screen/batch; /openapi.json describes them.

    Requests that arrive while the model works are read together. SIGTERM or Ctrl-C finishes what was accepted. There is no log-in and no
    TLS: put a proxy before it that has both. No text or id of an article is logged or kept.

    Example: framing serve --port 8080 --max-queue 64
    """
    try:
        from framing.service import Desk, Limits
        from framing.service import serve as run
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "?", "serve", "The service") from error
    from framing.screener import Screener

    limits = Limits(
        body_bytes=max_body,
        articles=max_articles,
        characters=max_characters,
        queue_requests=max_queue,
        queue_characters=max_queue_characters,
        batch_characters=batch_characters,
    )
    typer.echo(f"framing: http://{'localhost' if host == '127.0.0.1' else host}:{port} (Ctrl-C ends it)", err=True)
    run(Desk(lambda: Screener.load(model, compute, engine, precision, threads), limits), host, port, not no_metrics)

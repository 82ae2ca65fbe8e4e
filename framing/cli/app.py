"""`framing app`: the editors' page, served on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.errors import MissingExtra


def app(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 lets others on your network in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 7860,
    model: Annotated[Path | None, typer.Option(help="Model folder; the shipped model without it.")] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda or mps.")] = "cpu",
    house_list: Annotated[
        Path | None, typer.Option(help="Wording that is never marked; $FRAMING_HOUSE_LIST or house-list.txt without it.")
    ] = None,
    feedback: Annotated[
        Path | None, typer.Option(help="File that verdicts are added to; $FRAMING_FEEDBACK or feedback.jsonl without it.")
    ] = None,
    mcp: Annotated[bool, typer.Option("--mcp", help="Offer the page's functions as MCP tools, too, at /gradio_api/mcp/.")] = False,
) -> None:
    """Serve the editors' page: screen a draft in the browser, compare two versions, score a file of drafts.

    Nothing leaves this machine, and nobody else reaches the page unless --host lets them.

    Example: framing app --port 8000
    """
    try:
        from framing.app import build, serve
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "?", "app", "The page") from error
    page = build(model, device, house_list, feedback)
    typer.echo(f"framing: http://{'localhost' if host == '127.0.0.1' else host}:{port} (Ctrl-C ends it)", err=True)
    serve(page, host, port, mcp)

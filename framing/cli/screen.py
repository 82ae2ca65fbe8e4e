"""`framing screen`: files in, marked articles out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import typer

from framing.errors import FramingError, InputError
from framing.readers import expand_inputs, read_document
from framing.screener import Screener
from framing.screening import Screening
from framing.taxonomy import DEVICE_NAMES, device
from framing.text import Document

CLEAN, FINDINGS, MISUSE = 0, 1, 2


class Format(StrEnum):
    """How results are written."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


class Only(StrEnum):
    """Whose wording is reported."""

    OWN = "own"
    REPORTED = "reported"


def screen(
    inputs: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files, folders, globs, or - for stdin.")],
    format: Annotated[Format, typer.Option(help="text for people, json for programs (one line a document), html to mail.")] = Format.TEXT,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write there instead of to stdout.")] = None,
    only: Annotated[Only | None, typer.Option(help="Report the outlet's own wording only, or reported wording only.")] = None,
    min_score: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="Probability from which wording is reported; fitted thresholds without it.")
    ] = None,
    devices: Annotated[str | None, typer.Option(help=f"Comma-separated: {','.join(DEVICE_NAMES)}.")] = None,
    model: Annotated[Path | None, typer.Option(help="Model folder; the shipped model without it.")] = None,
    compute: Annotated[str, typer.Option("--device", help="cpu, cuda, cuda:1 or mps.")] = "cpu",
) -> None:
    """Mark the wording that frames rather than informs: blame, loaded labels, bloc rhetoric, unsourced claims.

    Reads .txt .md .html .mhtml .docx .pdf. Exit code: 0 nothing found, 1 findings, 2 misuse or an input that cannot be read.

    Example: framing screen draft.docx --only own
    """
    chosen = _devices(devices)
    paths = expand_inputs(inputs)
    screener = Screener.load(model, compute)
    failed: list[str] = []

    def screened() -> Iterator[Screening]:
        for document in _documents(paths, failed):
            yield screener.screen(document, devices=chosen, only=only.value if only else None, min_score=min_score)

    found = _write(screened(), format, output)
    if failed:
        raise typer.Exit(MISUSE)
    raise typer.Exit(FINDINGS if found else CLEAN)


def _devices(listed: str | None) -> tuple[str, ...]:
    if listed is None:
        return DEVICE_NAMES
    try:
        return tuple(device(name.strip()).name for name in listed.split(","))
    except ValueError as error:
        raise InputError(f"--devices: {error}") from None


def _documents(paths: Sequence[str], failed: list[str]) -> Iterator[Document]:
    """Each input as it is read; one that cannot be is told on stderr, and the others go on."""
    for path in paths:
        try:
            yield read_document(path)
        except InputError as error:
            failed.append(path)
            typer.echo(f"framing: {error}", err=True)


def _write(screenings: Iterator[Screening], format: Format, output: Path | None) -> bool:
    """Write results as they come (HTML when all are there); returns whether any holds a finding."""
    if output is None:
        # Text of any script goes out as UTF-8 whatever the locale says.
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
        return _render(screenings, format, sys.stdout)
    partial = output.with_name(output.name + ".part")
    try:
        with partial.open("w", encoding="utf-8", errors="backslashreplace") as stream:
            found = _render(screenings, format, stream)
        partial.replace(output)
    except OSError as error:
        raise FramingError(f"'{output}' cannot be written ({error.strerror}); name a file in a folder that you may write to") from error
    return found


def _render(screenings: Iterator[Screening], format: Format, stream: TextIO) -> bool:
    if format is Format.HTML:
        from framing.reports.html import render_html

        everything = list(screenings)
        if everything:
            stream.write(render_html(everything))
        return any(screening.findings for screening in everything)
    write = _json_writer(stream) if format is Format.JSON else _text_writer(stream)
    found = False
    for screening in screenings:
        write(screening)
        stream.flush()
        found = found or bool(screening.findings)
    return found


def _json_writer(stream: TextIO) -> Callable[[Screening], object]:
    from framing.reports.json_lines import render_json

    return lambda screening: stream.write(render_json(screening) + "\n")


def _text_writer(stream: TextIO) -> Callable[[Screening], object]:
    from rich.console import Console

    from framing.reports.terminal import render_text

    console = Console(file=stream, highlight=False)
    return lambda screening: render_text(screening, console)

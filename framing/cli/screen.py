"""`framing screen`: files in, marked articles out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import typer

from framing.cli.options import (
    ComputeOption,
    DevicesOption,
    EngineOption,
    HouseListOption,
    MinScoreOption,
    ModelOption,
    NoHouseListOption,
    OnlyOption,
    PrecisionOption,
    SensitivityOption,
    devices_of,
    house_list_of,
)
from framing.errors import FramingError, InputError
from framing.readers import expand_inputs, read_document
from framing.screener import Screener
from framing.screening import Screening
from framing.text import Document

CLEAN, FINDINGS, MISUSE = 0, 1, 2


class Format(StrEnum):
    """How results are written."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"
    CSV = "csv"
    SARIF = "sarif"
    GITHUB = "github"
    LINES = "lines"


def screen(
    inputs: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files, folders, globs, or - for stdin.")],
    format: Annotated[
        Format,
        typer.Option(
            help="text for people, json for programs (one line a document), html to mail, csv for spreadsheets, "
            "sarif and github for code reviews, lines for editors and hooks (one line a finding)."
        ),
    ] = Format.TEXT,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write there instead of to stdout.")] = None,
    only: OnlyOption = None,
    min_score: MinScoreOption = None,
    sensitivity: SensitivityOption = "balanced",
    devices: DevicesOption = None,
    house_list: HouseListOption = None,
    no_house_list: NoHouseListOption = False,
    model: ModelOption = None,
    compute: ComputeOption = "cpu",
    engine: EngineOption = "auto",
    precision: PrecisionOption = "auto",
) -> None:
    """Mark the wording that frames rather than informs: blame, loaded labels, bloc rhetoric, unsourced claims.

    Reads .txt .md .html .mhtml .docx .pdf. Exit code: 0 nothing found, 1 findings, 2 misuse or an input that cannot be read.

    Example: framing screen draft.docx --only own
    """
    chosen = devices_of(devices)
    house_path, house = house_list_of(house_list, no_house_list)
    paths = expand_inputs(inputs)
    screener = Screener.load(model, compute, engine, precision)
    failed: list[str] = []
    left_out = 0

    def screened() -> Iterator[Screening]:
        nonlocal left_out
        for document in _documents(paths, failed):
            everything = screener.screen(
                document, devices=chosen, only=only.value if only else None, min_score=min_score, sensitivity=sensitivity
            )
            kept = house.apply(everything)
            left_out += len(everything.findings) - len(kept.findings)
            yield kept

    found = _write(screened(), format, output)
    if left_out:
        typer.echo(f"framing: {left_out} finding{'' if left_out == 1 else 's'} left out by the house list '{house_path}'", err=True)
    if failed:
        raise typer.Exit(MISUSE)
    raise typer.Exit(FINDINGS if found else CLEAN)


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
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline=_line_ends(format))
        return _render(screenings, format, sys.stdout)
    # What a link leads to is written, and the link stays; a device or a pipe takes what comes, and cannot be put in another's place.
    place = Path(os.path.realpath(output))
    special = place.exists() and not place.is_file()
    partial = place if special else place.with_name(place.name + ".part")
    try:
        with partial.open("w", encoding="utf-8", errors="backslashreplace", newline=_line_ends(format)) as stream:
            found = _render(screenings, format, stream)
        if not special:
            partial.replace(place)
    except OSError as error:
        raise FramingError(f"'{output}' cannot be written ({error.strerror}); name a file in a folder that you may write to") from error
    return found


def _line_ends(format: Format) -> str | None:
    """How a stream translates line ends: as the system does, but for CSV, which has ends of its own."""
    return "" if format is Format.CSV else None


def _render(screenings: Iterator[Screening], format: Format, stream: TextIO) -> bool:
    whole = _whole_renderer(format)
    if whole is not None:
        everything = list(screenings)
        stream.write(whole(everything))
        return any(screening.findings for screening in everything)
    write = {Format.JSON: _json_writer, Format.LINES: _lines_writer}.get(format, _text_writer)(stream)
    found = False
    for screening in screenings:
        write(screening)
        stream.flush()
        found = found or bool(screening.findings)
    return found


def _whole_renderer(format: Format) -> Callable[[Sequence[Screening]], str] | None:
    """What writes a format that begins only when the last article has been read; None for the others."""
    if format is Format.HTML:
        from framing.reports.html import render_html

        return lambda screenings: render_html(screenings) if screenings else ""
    if format is Format.SARIF:
        from framing.reports.sarif import render_sarif

        return render_sarif
    if format is Format.CSV:
        from framing.reports.findings_csv import render_csv

        return render_csv
    if format is Format.GITHUB:
        from framing.reports.github import render_github

        return render_github
    return None


def _json_writer(stream: TextIO) -> Callable[[Screening], object]:
    from framing.reports.json_lines import render_json

    return lambda screening: stream.write(render_json(screening) + "\n")


def _lines_writer(stream: TextIO) -> Callable[[Screening], object]:
    from framing.reports.lines import render_lines

    return lambda screening: stream.write(render_lines(screening))


def _text_writer(stream: TextIO) -> Callable[[Screening], object]:
    from rich.console import Console

    from framing.reports.terminal import render_text

    console = Console(file=stream, highlight=False)
    return lambda screening: render_text(screening, console)

"""`framing diff`: two versions of a draft in, which findings are gone, kept and new out."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from framing.changes import Changes, compare_screenings
from framing.cli.options import (
    ComputeOption,
    EngineOption,
    HouseListOption,
    MinScoreOption,
    ModelOption,
    NoHouseListOption,
    OnlyOption,
    PrecisionOption,
    SensitivityOption,
    house_list_of,
)
from framing.errors import InputError, ModelError
from framing.readers import expand_inputs, read_document
from framing.reports.characters import terminal_text
from framing.reports.wording import in_words
from framing.screener import Screener
from framing.screening import Finding, Screening, Voice
from framing.taxonomy import device
from framing.text import Document

NOTHING_NEW, NEW = 0, 1


class Format(StrEnum):
    """How the changes are written."""

    TEXT = "text"
    JSON = "json"


def diff(
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="The earlier version: a file, or - for stdin.")],
    after: Annotated[str, typer.Argument(metavar="AFTER", help="The later version: a file, or - for stdin.")],
    output_format: Annotated[Format, typer.Option("--format", help="text for people, json for programs.")] = Format.TEXT,
    only: OnlyOption = None,
    min_score: MinScoreOption = None,
    sensitivity: SensitivityOption = "balanced",
    house_list: HouseListOption = None,
    no_house_list: NoHouseListOption = False,
    model: ModelOption = None,
    compute: ComputeOption = "cpu",
    engine: EngineOption = "auto",
    precision: PrecisionOption = "auto",
) -> None:
    """Screen two versions of a draft and tell which findings are gone, kept and new.

    Exit code: 0 nothing new, 1 new findings, 2 misuse or an input that cannot be read.

    Example: framing diff draft-1.docx draft-2.docx --only own
    """
    if before == after == "-":
        raise InputError("both versions are '-', but stdin can be read once; name a file for one of them")
    _, house = house_list_of(house_list, no_house_list)
    versions = [_document(before), _document(after)]
    screener = Screener.load(model, compute, engine, precision)
    voice: Voice | None = only.value if only else None
    earlier, later = (
        house.apply(screener.screen(document, only=voice, min_score=min_score, sensitivity=sensitivity)) for document in versions
    )
    changes = compare_screenings(earlier, later)
    # Text of any script goes out as UTF-8 whatever the locale says.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    typer.echo(as_json(earlier, later, changes) if output_format is Format.JSON else as_text(earlier, later, changes))
    raise typer.Exit(NEW if changes.new else NOTHING_NEW)


def as_json(before: Screening, after: Screening, changes: Changes) -> str:
    """One object: the two versions, and the changes as `Changes.to_dict` gives them; raises ModelError for a score that is no number."""
    versions = {
        name: {"source": screening.source, "model": screening.model, "text_sha256": screening.text_sha256}
        for name, screening in (("before", before), ("after", after))
    }
    try:
        return json.dumps(versions | changes.to_dict(), allow_nan=False)
    except ValueError as error:
        raise ModelError(
            f"model '{after.model}' gave a score that is not a finite number; expected 0 to 1; fetch the model folder again"
        ) from error


def as_text(before: Screening, after: Screening, changes: Changes) -> str:
    """The counts, then a line for each finding: «-» gone, «=» kept, «+» new."""
    lines = [
        terminal_text(f"{before.source} -> {after.source}"),
        f"{len(changes.gone)} gone, {len(changes.kept)} kept, {len(changes.new)} new",
    ]
    lines += [_line("-", finding) for finding in changes.gone]
    lines += [_line("=", finding) for _, finding in changes.kept]
    lines += [_line("+", finding) for finding in changes.new]
    return "\n".join(lines)


def _document(path: str) -> Document:
    found = expand_inputs([path])
    if len(found) != 1:
        raise InputError(f"'{path}' means {len(found)} files; expected one version of a draft; name its file")
    return read_document(found[0])


def _line(sign: str, finding: Finding) -> str:
    wording = " ".join(finding.text.split())
    return terminal_text(f"{sign} {device(finding.device).title}, {finding.voice} voice, {in_words(finding.score)}: {wording}")

"""Writes screenings as SARIF 2.1.0, the OASIS form in which code review tools take the remarks of other programs."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import Any, Final
from urllib.parse import quote

from framing.errors import ModelError
from framing.reports.review import STDIN, Lines, has_lines, path_below, remark
from framing.reports.view import View
from framing.screening import Finding, Screening
from framing.taxonomy import DEVICE_NAMES, DEVICES, Device, device
from framing.version import __version__

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT: Final = "framingWording/v1"
"""The name of our fingerprint. Not `primaryLocationLineHash`: the upload action of GitHub computes that one itself, and
warns of each result that brings another value."""

_LEVELS: Final = {"own": "warning", "reported": "note"}
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def render_sarif(screenings: Sequence[Screening], root: Path | None = None, view: View | None = None) -> str:
    """`screenings` as one SARIF log with one run, a result for each finding, that can always be written as UTF-8.

    A file below `root` (the working directory without it) is named by its path from there, any other by its absolute address.

    Where the text is the file itself (.txt, .md, plain text on stdin), the region of a result gives lines and columns, counted in code
    points, and the offset and length in characters besides; its snippet is the wording. Of other formats (.docx, .pdf, .html) the text
    is extracted and its offsets point nowhere in the file. GitHub asks for a line all the same, so the region is line 1, and
    the wording stands in the message and, whole, in `properties.text`; `properties.start` and `.end` index the text as read.

    The fingerprint of a result is made of device, wording and how often both came before in the document: it stays when lines
    move.

    `view` is how an editor saw the one screening: what was dismissed there comes as results with a suppression whose justification is the
    reason, and what was chosen and left out stands in the run's properties.

    Raises ModelError when a score is not a number, which JSON cannot say.
    """
    folder = Path.cwd() if root is None else root
    places = {screening.source: _address(screening.source, folder) for screening in screenings}
    indices = {source: index for index, source in enumerate(places)}
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "framing", "version": __version__, "rules": [_rule(entry) for entry in DEVICES]}},
                "columnKind": "unicodeCodePoints",
                "newlineSequences": ["\r\n", "\n", "\r"],
                "artifacts": [{"location": address, "roles": ["analysisTarget"]} for address in places.values()],
                "results": [
                    result
                    for screening in screenings
                    for result in _results(screening, places[screening.source] | {"index": indices[screening.source]}, view)
                ],
                "properties": {"models": sorted({screening.model for screening in screenings})} | _chosen(view),
            }
        ],
    }
    try:
        written = json.dumps(log, ensure_ascii=False, allow_nan=False, indent=1)
    except ValueError as error:
        raise ModelError(
            "a score is not a finite number; expected 0 to 1; the model's weights or calibration are damaged: "
            "fetch the model folder again, or train it again"
        ) from error
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", written) + "\n"


def _rule(entry: Device) -> dict[str, Any]:
    return {
        "id": entry.name,
        "shortDescription": {"text": entry.title},
        "fullDescription": {"text": entry.definition},
        "help": {"text": entry.alternative},
        "defaultConfiguration": {"level": "warning"},
    }


def _address(source: str, root: Path) -> dict[str, Any]:
    if source == STDIN:
        return {"uri": "stdin", "description": {"text": "Standard input."}}
    path = path_below(source, root)
    if path is None:
        return {"uri": "file://" + _percent_encoded(PurePath(os.path.abspath(source)).as_posix())}
    return {"uri": _percent_encoded(path), "uriBaseId": "%SRCROOT%"}


def _percent_encoded(path: str) -> str:
    try:
        # A name that is not UTF-8 on disk comes as surrogates that stand for its bytes.
        octets = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        octets = path.encode("utf-8", "surrogatepass")
    # A colon too: in the first part of a relative path it would end the name of a scheme.
    return quote(octets, safe="/")


def _chosen(view: View | None) -> dict[str, Any]:
    if view is None:
        return {}
    # What was dismissed is among the results.
    return {"view": {name: value for name, value in view.to_dict().items() if name != "dismissed"}}


def _results(screening: Screening, address: dict[str, Any], view: View | None) -> Iterator[dict[str, Any]]:
    lines = Lines(screening.text)
    seen: Counter[tuple[str, str]] = Counter()
    findings: list[tuple[Finding, str | None]] = [(finding, None) for finding in screening.findings]
    findings += [(entry.finding, entry.reason) for entry in (view.dismissed if view else ())]
    for finding, dismissed in sorted(findings, key=lambda pair: (pair[0].start, pair[0].end)):
        wording = finding.device, " ".join(finding.text.casefold().split())
        properties: dict[str, Any] = {
            "score": finding.score,
            "voice": finding.voice,
            "voice_score": finding.voice_score,
            "start": finding.start,
            "end": finding.end,
        }
        if has_lines(screening):
            region = _region(finding, lines)
        else:
            region = {"startLine": 1}
            properties["text"] = finding.text
        yield {
            "ruleId": finding.device,
            "ruleIndex": DEVICE_NAMES.index(finding.device),
            "level": _LEVELS[finding.voice],
            "message": {"text": f"{_literal(remark(screening, finding))}. {device(finding.device).alternative}"},
            "locations": [{"physicalLocation": {"artifactLocation": address, "region": region}}],
            "partialFingerprints": {FINGERPRINT: _fingerprint(*wording, seen[wording])},
            "rank": round(min(max(100 * finding.score, 0.0), 100.0), 4),
            "properties": properties,
            # 3.27.23: where one result of a run has them, all have them, empty where nothing is suppressed.
            **({} if view is None else {"suppressions": [] if dismissed is None else [_suppression(dismissed)]}),
        }
        seen[wording] += 1


def _suppression(reason: str) -> dict[str, str]:
    return {"kind": "external", "status": "accepted", "justification": reason}


def _region(finding: Finding, lines: Lines) -> dict[str, Any]:
    place = lines.region(finding.start, finding.end)
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
        "charOffset": finding.start,
        "charLength": finding.end - finding.start,
        "snippet": {"text": finding.text},
    }


def _literal(text: str) -> str:
    """`text` so that a viewer takes nothing in it for a placeholder or for a link, both of which a SARIF message may hold."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "\\](")


def _fingerprint(device_name: str, wording: str, before: int) -> str:
    written = json.dumps([device_name, wording, before])
    return hashlib.sha256(written.encode("ascii")).hexdigest()[:32]

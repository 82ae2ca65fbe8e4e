"""Keeps evaluations in folders: `evaluation.json` with the figures, `items.jsonl` with what was scored, one item a line."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from framing.errors import ConfigError, InputError

SCHEMA_VERSION: Final = 1
"""Of an evaluation; counts up when a field changes its meaning."""
FIGURES: Final = "evaluation.json"
ITEMS: Final = "items.jsonl"

_WHAT: Final = ("model", "corpus", "split")
_PLACE: Final = frozenset({"label", "id", "article", "level", "item"})
_SCORED: Final = frozenset({"gold", "flagged", "probability"})
_FIELDS: Final = {"sentence": _PLACE | _SCORED, "paragraph": _PLACE | _SCORED, "span": _PLACE | {"predicted", "gold"}}


@dataclass(frozen=True, slots=True)
class Run:
    """One evaluation as `framing.assessment.assess` gives it, and its rows as `framing.assessment.item_rows` gives them.

    After a round trip through a folder, pairs are lists and nan is None.
    """

    evaluation: dict[str, Any]
    rows: tuple[dict[str, Any], ...]


def write_run(folder: Path, evaluation: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write both files into `folder`, which is made where it is not there; each file is whole or not there at all.

    A run of the same model, corpus and split is replaced. Raises ConfigError where `folder` holds another one, or cannot be written to.
    """
    _refuse_another(folder, evaluation)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # The figures come last: where they are, the items that they were counted from are there too.
        _write(folder / ITEMS, (json.dumps(_plain(row), ensure_ascii=False, allow_nan=False) + "\n" for row in rows))
        _write(folder / FIGURES, [json.dumps(_plain(evaluation), ensure_ascii=False, allow_nan=False, indent=1) + "\n"])
    except OSError as error:
        raise ConfigError(f"{folder} cannot be written to ({error.strerror}); name a folder that you may write to") from error


def read_run(folder: Path) -> Run:
    """The run in `folder`; raises InputError with file and line where a part is missing, malformed or of another schema version."""
    evaluation = _read_evaluation(folder / FIGURES)
    return Run(evaluation, tuple(_read_rows(folder / ITEMS)))


def read_runs(folder: Path) -> list[Run]:
    """The run in `folder`, or else the runs in its subfolders by name (one for each seed); raises InputError where there is none."""
    if (folder / FIGURES).exists():
        return [read_run(folder)]
    found = sorted(file.parent for file in folder.glob(f"*/{FIGURES}"))
    if not found:
        raise InputError(
            f"{folder}: found no {FIGURES}, expected one in it or in its subfolders; name a folder that `framing evaluate` wrote"
        )
    return [read_run(each) for each in found]


def _refuse_another(folder: Path, evaluation: Mapping[str, Any]) -> None:
    file = folder / FIGURES
    if not file.exists():
        return
    try:
        there = _read_evaluation(file)
    except InputError as error:
        raise ConfigError(f"{folder} holds a file of another kind, which is not overwritten ({error})") from error
    if any(there[part] != evaluation[part] for part in _WHAT):
        raise ConfigError(
            f"{folder} holds the run of {_told(there)}, expected one of {_told(evaluation)}; name another folder, or delete this one"
        )


def _told(evaluation: Mapping[str, Any]) -> str:
    return f"{evaluation['model']} on {evaluation['corpus']}, split {evaluation['split']}"


def _write(file: Path, lines: Iterable[str]) -> None:
    partial = file.with_name(file.name + ".part")
    with partial.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(lines)
    partial.replace(file)


def _plain(value: Any) -> Any:
    """The value as JSON can hold it: JSON has no nan."""
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, Sequence) and not isinstance(value, str) else value


def _read_evaluation(file: Path) -> dict[str, Any]:
    try:
        evaluation = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}); name a folder that `framing evaluate` wrote") from error
    except ValueError as error:
        raise InputError(f"{file}: not JSON ({error}); run `framing evaluate` again") from error
    version = evaluation.get("schema_version") if isinstance(evaluation, dict) else None
    if version != SCHEMA_VERSION:
        raise InputError(f"{file}: found schema version {version}, expected {SCHEMA_VERSION}; run `framing evaluate` again")
    missing = [part for part in (*_WHAT, "labels") if part not in evaluation]
    if missing:
        raise InputError(f"{file}: found no {', '.join(missing)}, expected a whole evaluation; run `framing evaluate` again")
    return dict(evaluation)


def _read_rows(file: Path) -> Iterator[dict[str, Any]]:
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                yield _read_row(line, f"{file}, line {number}")
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}); run `framing evaluate` again") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: not UTF-8 ({error}); run `framing evaluate` again") from error


def _read_row(line: str, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise InputError(f"{where}: not JSON ({error}), expected one object a line; run `framing evaluate` again") from error
    fields = _FIELDS.get(row.get("level", "")) if isinstance(row, dict) else None
    if fields is None:
        raise InputError(f"{where}: found no level, expected one of {', '.join(_FIELDS)}; run `framing evaluate` again")
    if not fields <= row.keys():
        raise InputError(f"{where}: found no {', '.join(sorted(fields - row.keys()))} in the row; run `framing evaluate` again")
    return dict(row)

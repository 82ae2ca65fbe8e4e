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

_Fields = Mapping[str, type | tuple[type, ...]]
_WHAT: Final = ("model", "corpus", "split")
_EVALUATION: Final[_Fields] = {"model": str, "corpus": str, "split": str, "labels": dict, "articles": dict, "own_labels": list}
_PLACE: Final[_Fields] = {"label": str, "id": str, "article": str, "item": int}
_SCORED: Final[_Fields] = {**_PLACE, "gold": bool, "flagged": bool, "probability": (float, int)}
_LEVELS: Final[Mapping[str, _Fields]] = {
    "sentence": _SCORED,
    "paragraph": _SCORED,
    "article": _SCORED,
    "span": {**_PLACE, "predicted": list, "gold": list},
}
_AGAIN: Final = "run `framing evaluate` again"


@dataclass(frozen=True, slots=True)
class Run:
    """One evaluation as `framing.assessment.assess` gives it, and its rows as `framing.assessment.item_rows` gives them.

    After a round trip through a folder, pairs are lists and nan is None.
    """

    evaluation: dict[str, Any]
    rows: tuple[dict[str, Any], ...]


def write_run(folder: Path, evaluation: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write both files into `folder`, which is made where it is not there; each file is whole or not there at all.

    A run of the same model, corpus, split and sources is replaced, once the new one is written to the end. Raises ConfigError where
    `folder` holds another one, or cannot be written to.
    """
    _refuse_another(folder, evaluation)
    figures, items = folder / FIGURES, folder / ITEMS
    parts = {file: file.with_name(file.name + ".part") for file in (items, figures)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            _write(parts[items], (json.dumps(plain(row), ensure_ascii=False, allow_nan=False) + "\n" for row in rows))
            _write(parts[figures], [json.dumps(plain(evaluation), ensure_ascii=False, allow_nan=False, indent=1) + "\n"])
            # Items without figures are no run: a process that is killed between these lines leaves none, rather than one mixed of two.
            figures.unlink(missing_ok=True)
            for file, part in parts.items():
                part.replace(file)
        finally:
            for part in parts.values():
                part.unlink(missing_ok=True)
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
        raise ConfigError(
            f"{folder} holds an {FIGURES} that is not overwritten, because it is no whole evaluation of schema version {SCHEMA_VERSION}; "
            "name another folder, or delete this one"
        ) from error
    if any(there[part] != evaluation[part] for part in _WHAT) or _sources(there) != _sources(evaluation):
        raise ConfigError(
            f"{folder} holds the run of {_told(there)}, expected one of {_told(evaluation)}; name another folder, or delete this one"
        )


def _told(evaluation: Mapping[str, Any]) -> str:
    sources = _sources(evaluation)
    return f"{evaluation['model']} on {evaluation['corpus']}, split {evaluation['split']}{' of ' * bool(sources)}{', '.join(sources)}"


def _sources(evaluation: Mapping[str, Any]) -> list[str]:
    """The sources that were chosen, in one order; none in evaluations written before they could be."""
    return sorted(evaluation.get("sources", []))


def _write(file: Path, lines: Iterable[str]) -> None:
    with file.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(lines)


def plain(value: Any) -> Any:
    """The value as JSON can hold it: nan, which JSON does not have, is None."""
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, Sequence) and not isinstance(value, str) else value


def _read_evaluation(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}); name a folder that `framing evaluate` wrote") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: not UTF-8 ({error}); {_AGAIN}") from error
    try:
        evaluation = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{file}, line {error.lineno}: not JSON ({error.msg}); {_AGAIN}") from error
    version = evaluation.get("schema_version") if isinstance(evaluation, dict) else None
    if version != SCHEMA_VERSION:
        raise InputError(f"{file}: found schema version {version}, expected {SCHEMA_VERSION}; {_AGAIN}")
    return _checked(evaluation, _EVALUATION, str(file))


def _read_rows(file: Path) -> Iterator[dict[str, Any]]:
    seen: dict[tuple[Any, ...], int] = {}
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                where = f"{file}, line {number}"
                row = _read_row(line, where)
                key = tuple(row[part] for part in ("label", "level", "id", "item"))
                if seen.setdefault(key, number) != number:
                    # Rows are paired by these four: one of the two would be left out without a word.
                    raise InputError(
                        f"{where}: found {row['level']} {row['item']} of '{row['id']}' for {row['label']} again, after line {seen[key]}; "
                        "give each paragraph of the corpus an id of its own and evaluate again"
                    )
                yield row
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}); {_AGAIN}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: not UTF-8 ({error}); {_AGAIN}") from error


def _read_row(line: str, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise InputError(f"{where}: not JSON ({error}), expected one object a line; {_AGAIN}") from error
    level = row.get("level") if isinstance(row, dict) else None
    if not isinstance(level, str) or level not in _LEVELS:
        raise InputError(f"{where}: found level {level!r}, expected one of {', '.join(_LEVELS)}; {_AGAIN}")
    return _checked(row, _LEVELS[level], where)


def _checked(given: dict[str, Any], fields: _Fields, where: str) -> dict[str, Any]:
    for name, kinds in fields.items():
        if name not in given:
            raise InputError(f"{where}: found no {name}; {_AGAIN}")
        if not isinstance(given[name], kinds):
            kind = (kinds if isinstance(kinds, type) else kinds[0]).__name__
            raise InputError(f"{where}: found {name} {json.dumps(given[name])}, expected a value of type {kind}; {_AGAIN}")
    return given

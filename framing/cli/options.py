"""Options that several commands take, and what they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from framing.decoding import Sensitivity
from framing.errors import ConfigError, InputError
from framing.house import HouseList, house_list_path
from framing.taxonomy import DEVICE_NAMES, device


class Only(StrEnum):
    """Whose wording is reported."""

    OWN = "own"
    REPORTED = "reported"


OnlyOption = Annotated[Only | None, typer.Option("--only", help="Report the outlet's own wording only, or reported wording only.")]
MinScoreOption = Annotated[
    float | None,
    typer.Option("--min-score", min=0.0, max=1.0, help="Probability from which wording is reported; fitted thresholds without it."),
]
SensitivityOption = Annotated[
    Sensitivity, typer.Option("--sensitivity", help="quiet or thorough: fewer and surer findings, or more, than at the fitted thresholds.")
]
DevicesOption = Annotated[str | None, typer.Option("--devices", help=f"Comma-separated: {','.join(DEVICE_NAMES)}.")]
HouseListOption = Annotated[
    Path | None,
    typer.Option(
        "--house-list",
        metavar="FILE",
        help="Terms to leave unmarked, one a line; without it $FRAMING_HOUSE_LIST or house-list.txt, where there is one.",
    ),
]
NoHouseListOption = Annotated[bool, typer.Option("--no-house-list", help="Mark the terms of the house list too.")]
ModelOption = Annotated[Path | None, typer.Option("--model", help="Model folder; the shipped model without it.")]
EngineOption = Annotated[
    str, typer.Option("--engine", help="torch, openvino (pip install 'framing[fast]'), or auto: the fastest that is installed.")
]
PrecisionOption = Annotated[
    str, typer.Option("--precision", help="float32, bfloat16, int8, or auto: the fastest that keeps the scores on this processor.")
]
ComputeOption = Annotated[str, typer.Option("--device", help="cpu, cuda, cuda:1 or mps.")]


def devices_of(listed: str | None) -> tuple[str, ...]:
    """The devices of a comma-separated list, all without one; raises InputError for an unknown name."""
    if listed is None:
        return DEVICE_NAMES
    try:
        return tuple(device(name.strip()).name for name in listed.split(","))
    except ValueError as error:
        raise InputError(f"--devices: {error}") from None


def house_list_of(named: Path | None, off: bool) -> tuple[Path, HouseList]:
    """The file of the house list, and the list: an empty one where it is off, or not named and not there.

    Raises:
        ConfigError: a named list does not exist, or a line of it cannot be read.
    """
    path = house_list_path() if named is None else named
    if off:
        return path, HouseList()
    if named is not None and not named.exists():
        raise ConfigError(f"house list '{named}' does not exist; expected a text file, one term a line; check the spelling and the folder")
    return path, HouseList.load(path)


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Makes what the system says of an output that cannot be written a ConfigError."""
    try:
        yield
    except OSError as error:
        said = error.strerror or str(error)
        raise ConfigError(f"{place} cannot be written to ({said}); name a place that you may write to") from error


def write_reports(folder: Path | None, files: Mapping[str, str]) -> None:
    """Write reports, by name, into the folder that `--output` named, where it did, and say so on stderr.

    Raises:
        ConfigError: the folder cannot be written to.
    """
    if folder is None:
        return
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_text(content.rstrip("\n") + "\n", encoding="utf-8")
    typer.echo(f"{', '.join(files)} in {folder}", err=True)

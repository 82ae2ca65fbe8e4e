"""Loads a model on the fastest engine that gives its scores: builds what is not built yet, and refuses what is too far off."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from framing.backends.batching import Forward, Ints, SpecialTokens, pad
from framing.backends.choice import AUTO, REFERENCE, Choice, choices, openvino_installed
from framing.backends.encoders import is_plain_bert
from framing.backends.engine_files import (
    cache_folder,
    entry_name,
    file_digest,
    note_use,
    publish,
    read_entry,
    remove_unused,
    unfinished,
    write_manifest,
)
from framing.backends.loading import CONFIG, WEIGHTS, LoadedModel, load_model, read_settings, read_tokenizer
from framing.backends.processor import processor_flags
from framing.corpora.base import Example
from framing.encoding import encode_paragraphs, windows
from framing.errors import ModelError
from framing.locking import locked
from framing.parity import LossyPrecision, calibration_examples, measure_parity, parity_examples
from framing.version import __version__

log = logging.getLogger(__name__)

FORMAT: Final = 2
"""Counts up when what stands in the manifest or in the files beside it changes its meaning."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What an engine runs on."""

    device: str = "cpu"
    flags: frozenset[str] = field(default_factory=processor_flags)
    openvino: bool = field(default_factory=openvino_installed)
    threads: int | None = None


def load_engine(
    folder: Path, device: str = "cpu", engine: str = AUTO, precision: str = AUTO, threads: int | None = None
) -> LoadedModel:
    """Load the model in `folder` on an engine at a precision.

    'auto' takes the first of `framing.backends.choice.choices` that the model can run on and that keeps its scores. What an engine
    needs is built at first use, checked against torch in float32, and kept in the cache; later loads read it.

    Args:
        folder: of the model.
        device: of torch; other engines run on 'cpu'.
        engine: 'auto', 'torch' or 'openvino'.
        precision: 'auto', 'float32', 'bfloat16' or 'int8'.
        threads: to compute with; all cores without it.

    Raises:
        ModelError: the model folder is not whole, or the engine that was named cannot run it.
        LossyPrecision: its scores at the precision that was named are too far from float32; the message gives the figures.
        ConfigError: the engine or precision is unknown, or not for this processor.
        MissingExtra: the engine is not installed.
    """
    machine = Machine(device, threads=threads)
    tried = choices(engine, precision, device, machine.flags, machine.openvino)
    for choice in tried[:-1]:
        try:
            return _open(folder, machine, choice)
        except ModelError:
            # What is wrong with the folder itself comes up again with the last choice, which is not caught.
            continue
    return _open(folder, machine, tried[-1])


def export_engine(
    folder: Path, precision: str, output: Path, extra: Sequence[Example] = (), machine: Machine | None = None
) -> tuple[dict[str, Any], list[str]]:
    """Build OpenVINO's files into the folder `output`, which must not exist: (its manifest, why faster precisions were refused).

    `extra` are labelled paragraphs to check the scores on beside our own. Raises as `load_engine` does, and ModelError where nothing can
    be written.
    """
    machine = machine or Machine()
    tried = choices("openvino", precision, machine.device, machine.flags, machine.openvino)
    refused: list[str] = []
    for choice in tried:
        try:
            manifest = _build(folder, machine, choice, output, extra)
            _refuse(manifest)
        except LossyPrecision as error:
            if choice == tried[-1]:
                raise
            refused.append(str(error))
        except OSError as error:
            raise ModelError(f"'{output}' cannot be written ({error.strerror or error}); name a folder that you may write to") from error
        else:
            _keep_copy(output, cache_folder() / entry_name(_identity(folder, machine, choice)))
            return manifest, refused
    raise ModelError(f"no precision of 'openvino' is left to try for '{folder}'; use: engine torch")


def _keep_copy(files: Path, place: Path) -> None:
    """What was exported need not be built again at first use; where nothing can be kept it will be."""
    with suppress(OSError), unfinished(place) as made:
        shutil.copytree(files, made, dirs_exist_ok=True)
        publish(made, place)


def _open(folder: Path, machine: Machine, choice: Choice) -> LoadedModel:
    if choice == REFERENCE:
        _limit_torch(machine)
        return load_model(folder, machine.device)
    # Names what is wrong with the folder, or for the engine, before anything is built.
    _check_runs(folder, read_settings(folder), choice)
    place = cache_folder() / entry_name(_identity(folder, machine, choice))
    # Before it is read, so that no other process takes it for unused meanwhile.
    note_use(place)
    manifest = read_entry(place)
    if manifest is None:
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            # Workers that start together build it once.
            with locked(place):
                manifest = read_entry(place) or _told_and_built(folder, machine, choice, place)
            remove_unused(place.parent)
        except OSError as error:
            message = f"'{place}' cannot be written ({error.strerror or error}); name another folder in $FRAMING_CACHE, or use torch"
            raise ModelError(message) from error
    _refuse(manifest)
    return _loaded(folder, machine, choice, place)


def _told_and_built(folder: Path, machine: Machine, choice: Choice, place: Path) -> dict[str, Any]:
    # A warning, since only those are shown where nobody has set up logging: seconds of silence look like a program that hangs.
    log.warning("preparing %s for this processor and checking its scores, once, for seconds; it is kept in %s", choice, place.parent)
    return _build(folder, machine, choice, place, keep_refused=True)


def _loaded(folder: Path, machine: Machine, choice: Choice, files: Path) -> LoadedModel:
    if choice.engine == "torch":
        _limit_torch(machine)
        return load_model(folder, machine.device, choice)
    return load_model(folder, choice=choice, forward=_openvino(folder, machine, choice, files))


def _openvino(folder: Path, machine: Machine, choice: Choice, files: Path) -> Forward:
    from framing.backends.openvino_engine import openvino_forward

    try:
        return openvino_forward(files, read_settings(folder)["encoder"], choice.precision, machine.flags, machine.threads)
    except RuntimeError as error:
        raise ModelError(f"OpenVINO cannot read '{files}' ({error}); delete that folder, or use: engine torch") from error


def _build(
    folder: Path, machine: Machine, choice: Choice, place: Path, extra: Sequence[Example] = (), keep_refused: bool = False
) -> dict[str, Any]:
    """Write the engine's files and manifest to `place`; where it is refused the manifest alone, or nothing."""
    settings = read_settings(folder)
    measured = [parity_examples(), *([extra] if extra else [])]
    with unfinished(place) as made:
        names = _write_files(folder, settings, choice, made)
        _limit_torch(machine)
        reference, engine = load_model(folder, machine.device), _loaded(folder, machine, choice, made)
        try:
            parity = {examples[0].corpus: measure_parity(reference, engine, examples) for examples in measured}
        except ValueError as error:
            raise ModelError(f"model folder '{folder}' on {choice}: {error}; use: engine torch, precision float32") from error
        refused = [f"on {name} ({p.sentences} sentences) {fault}" for name, p in parity.items() for fault in p.faults]
        if refused:
            names = ()
            for file in made.iterdir():
                file.unlink()
        described = {
            **_identity(folder, machine, choice),
            "model": settings.get("run_name") or folder.name,
            "revision": settings.get("revision"),
            "parity": {name: p.to_dict() for name, p in parity.items()},
            "refused": refused,
        }
        manifest = write_manifest(made, described, names)
        if keep_refused or not refused:
            publish(made, place)
    return manifest


def _check_runs(folder: Path, settings: dict[str, Any], choice: Choice) -> None:
    if choice.engine == "openvino" and (settings.get("article_labels") or not is_plain_bert(settings["encoder"])):
        raise ModelError(f"model folder '{folder}' is no plain BERT with token labels alone, as OpenVINO is set up for; use: engine torch")


def _write_files(folder: Path, settings: dict[str, Any], choice: Choice, made: Path) -> tuple[str, ...]:
    if choice.engine == "torch":
        return ()
    _check_runs(folder, settings, choice)
    from framing.backends.openvino_engine import FILES, write_engine

    try:
        write_engine(folder / WEIGHTS, settings["encoder"], choice.precision, made, calibration_inputs(folder, settings))
    # Damaged weights surface as safetensors' own error, KeyError or ValueError; OSError is for the caller.
    except OSError:
        raise
    except Exception as error:
        raise ModelError(f"model folder '{folder}' cannot be built for {choice} ({error}); copy it again, or use: engine torch") from error
    return FILES


def calibration_inputs(folder: Path, settings: dict[str, Any]) -> list[tuple[Ints, Ints, Ints]]:
    """Paragraphs of our own articles as a model reads them, each a batch of one, cut at its window."""
    tokenizer, window = read_tokenizer(folder), settings["window"]
    special = SpecialTokens.of(tokenizer, int(settings["encoder"].get("pad_token_id") or 0))
    paragraphs = encode_paragraphs(tokenizer, [example.text for example in calibration_examples()])
    return [pad([(paragraph, next(windows(len(paragraph.ids), window, 0)))], special) for paragraph in paragraphs]


def _identity(folder: Path, machine: Machine, choice: Choice) -> dict[str, Any]:
    """All that an engine depends on; where one thing differs it is built again."""
    return {
        "format": FORMAT,
        "framing": __version__,
        "engine": choice.engine,
        "engine_version": version(choice.engine),
        "precision": choice.precision,
        "device": machine.device,
        "processor": sorted(machine.flags),
        "weights": file_digest(folder / WEIGHTS),
        "config": file_digest(folder / CONFIG),
    }


def _refuse(manifest: dict[str, Any]) -> None:
    if manifest["refused"]:
        raise LossyPrecision(
            f"{manifest['engine']} {manifest['precision']} is refused on this machine: {'; '.join(manifest['refused'])}; "
            f"use a higher precision, or auto"
        )


def _limit_torch(machine: Machine) -> None:
    if machine.threads is not None:
        import torch

        torch.set_num_threads(machine.threads)

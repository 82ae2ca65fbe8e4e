"""Turns command-line arguments into the list of inputs that they mean."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from framing.errors import InputError

SUFFIX_KINDS = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".mhtml": "mhtml",
    ".mht": "mhtml",
    ".docx": "docx",
    ".pdf": "pdf",
}
SUFFIXES: tuple[str, ...] = tuple(SUFFIX_KINDS)


def expand_inputs(arguments: Sequence[str]) -> list[str]:
    """The inputs that `arguments` mean: files, folders, globs ('**' crosses folders) and '-', in the order given.

    A folder gives every supported file below it, sorted, without hidden files and word processors' lock files. A glob
    gives the supported files that it matches, or all of them where it ends in a suffix of its own ('*.log'). A name
    that exists is taken as it is, brackets and all. Each file is listed once. Raises InputError for an argument that
    gives nothing.
    """
    inputs: dict[str, str] = {}
    for argument in arguments:
        for path in expand(argument, _is_supported, SUFFIXES):
            inputs.setdefault("-" if path == "-" else os.path.abspath(path), path)
    return list(inputs.values())


def expand(argument: str, supported: Callable[[str], bool], suffixes: Sequence[str], stdin: str = "stdin") -> list[str]:
    """The inputs that one argument means, as in `expand_inputs`; `suffixes` of what is `supported`, and `stdin`, are for messages."""
    if argument == "-":
        return ["-"]
    if os.path.isdir(argument):
        found = sorted(_walk(argument, supported))
        if not found:
            raise InputError(f"folder '{argument}' holds no file to read; expected some of {' '.join(suffixes)}")
        return found
    if os.path.lexists(argument):
        return [argument]
    if glob.has_magic(argument):
        found = sorted(path for path in glob.glob(argument, recursive=True) if os.path.isfile(path))
        own_suffix = Path(argument).suffix
        if not own_suffix or glob.has_magic(own_suffix):
            found = [path for path in found if supported(path)]
        if not found:
            raise InputError(
                f"'{argument}' matches no file to read; expected files ending in {' '.join(suffixes)}; "
                "check the pattern ('**' crosses folders)"
            )
        return found
    raise InputError(f"'{argument}' does not exist; expected a file, a folder, a glob or '-' for {stdin}; check the spelling")


def _walk(folder: str, supported: Callable[[str], bool]) -> Iterator[str]:
    for parent, subfolders, names in os.walk(folder, onerror=_refuse):
        # Finished shards of a batch whose output lies in the folder are no input.
        subfolders[:] = [name for name in subfolders if not name.startswith(".") and not name.endswith(".parts")]
        yield from (os.path.join(parent, name) for name in names if not name.startswith((".", "~$")) and supported(name))


def _is_supported(path: str) -> bool:
    name = os.path.basename(path)
    return not name.startswith((".", "~$")) and Path(name).suffix.lower() in SUFFIX_KINDS


def _refuse(error: OSError) -> None:
    raise InputError(f"folder '{error.filename}' cannot be read ({error.strerror}); expected a readable folder")

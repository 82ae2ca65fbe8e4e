r"""The house list: terms that a newsroom has decided to leave unmarked.

A plain text file in UTF-8, one term a line. A line that begins with `#`, and what follows white space and `#` on any other, is a
comment. `device: term` leaves the term unmarked for that device alone; a term with a colon of its own stands in quotes:

    # agreed in March
    regime
    loaded_label: hardliner
    "Exit: the reckoning"

A term silences wording that is the term and nothing more: not a clause that contains it. Case, white space, punctuation around it,
a leading article and a possessive 's make no difference.
"""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from framing.errors import ConfigError
from framing.locking import locked
from framing.screening import Finding, Screening
from framing.taxonomy import device as device_named

VARIABLE: Final = "FRAMING_HOUSE_LIST"
DEFAULT_NAME: Final = "house-list.txt"

Entry = tuple[str, str | None]
"""A term as `normalised` gives it, and the device that it is left unmarked for: None for all."""

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_COMMENT: Final = re.compile(r"(?:^|\s)#.*", re.DOTALL)
_FOR_DEVICE: Final = re.compile(r"(?P<device>\w+)\s*:\s*(?P<term>.*)", re.DOTALL)
_ARTICLE: Final = re.compile(r"^(?:the|an|a)\s+(?=\S)")
_POSSESSIVE: Final = re.compile("'s$")
_PLAIN: Final = str.maketrans({"‘": "'", "’": "'", "ʼ": "'", "“": '"', "”": '"', "\u2010": "-"})
"""Typographic quotes and hyphens, which copy has or has not by the program that it was written in."""


def house_list_path() -> Path:
    """The file that `$FRAMING_HOUSE_LIST` names, or `house-list.txt` in the working directory."""
    return Path(os.environ.get(VARIABLE) or DEFAULT_NAME)


def normalised(wording: str) -> str:
    """`wording` as terms are compared: nothing is left of wording that is all punctuation."""
    spaced = " ".join(unicodedata.normalize("NFKC", wording).translate(_PLAIN).casefold().split())
    without_article = _without_punctuation(_ARTICLE.sub("", _without_punctuation(spaced)))
    return _without_punctuation(_POSSESSIVE.sub("", without_article))


@dataclass(frozen=True, slots=True)
class Term:
    """A term as it was written, and the device that it is left unmarked for: None for all."""

    wording: str
    device: str | None


@dataclass(frozen=True, slots=True)
class HouseList:
    """A house list as it was read. `terms` are in the order of the file, each once, spelled as on its first line."""

    entries: frozenset[Entry] = frozenset()
    terms: tuple[Term, ...] = field(default=(), compare=False)

    @classmethod
    def load(cls, path: Path) -> HouseList:
        """The list in the file `path`; an empty one where there is no such file.

        Raises ConfigError, with file and line, for a device that does not exist and for a line that cannot be read.
        """
        terms: dict[Entry, Term] = {}
        for number, line in _lines(path):
            if entry := _parse(line, path, number):
                written = _written(line)[1]
                terms.setdefault(entry, Term(written[1:-1] if written[0] == written[-1] == '"' else written, entry[1]))
        return cls(frozenset(terms), tuple(terms.values()))

    def ignores(self, finding: Finding) -> bool:
        """Whether the house leaves this finding unmarked."""
        term = normalised(finding.text)
        return (term, None) in self.entries or (term, finding.device) in self.entries

    def apply(self, screening: Screening) -> Screening:
        """`screening` without the findings that the house leaves unmarked."""
        return screening.filtered(lambda finding: not self.ignores(finding)) if self.entries else screening


def add(path: Path, term: str, device: str | None = None) -> bool:
    """Put `term` on the list in the file `path`, which is made where there is none; False where it was there already.

    Writers that come at the same time wait for each other, and readers see the list from before or from after. Raises
    ConfigError for a term without a letter or figure, an unknown device, or a file that cannot be read or written.
    """
    line = _line(term, device, path)

    def appended(content: bytes) -> bytes:
        end = _line_end(content)
        broken = content and not content.endswith((b"\n", b"\r"))
        return content + (end if broken else b"") + line.encode() + end

    return _change(path, lambda entries: _parse(line, path, 1) not in entries, appended)


def remove(path: Path, term: str, device: str | None = None) -> bool:
    """Take `term` off the list in the file `path`, every spelling of it, comments kept; False where it was not there.

    `device` None takes off the term for all devices, and leaves those that name a device. Safe and raising as `add` is.
    """
    entry = _parse(_line(term, device, path), path, 1)

    def without(content: bytes) -> bytes:
        kept = (line for number, line in enumerate(_split(content), 1) if _parse(_decoded(line, path, number), path, number) != entry)
        return b"".join(kept)

    return _change(path, lambda entries: entry in entries, without)


def _change(path: Path, wanted: Callable[[frozenset[Entry]], bool], changed: Callable[[bytes], bytes]) -> bool:
    # A replaced link would no longer share its list with the others that point there.
    real = Path(os.path.realpath(path))
    try:
        with locked(real):
            if not wanted(HouseList.load(path).entries):
                return False
            _replace(real, changed(real.read_bytes() if real.exists() else b""))
    except OSError as error:
        raise ConfigError(
            f"house list '{path}' cannot be written ({error.strerror}); name a file in a folder that you may write to"
        ) from error
    return True


def _replace(path: Path, content: bytes) -> None:
    handle, partial = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(partial, path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(partial, path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        raise ConfigError(f"house list '{path}' cannot be read ({error.strerror}); expected a text file, one term a line") from error
    for number, line in enumerate(_split(content), 1):
        yield number, _decoded(line, path, number)


def _split(content: bytes) -> list[bytes]:
    return content.splitlines(keepends=True)


def _line_end(content: bytes) -> bytes:
    return b"\r\n" if b"\r\n" in content else b"\n"


def _decoded(line: bytes, path: Path, number: int) -> str:
    try:
        return line.removeprefix(_BYTE_ORDER_MARK).decode("utf-8")
    except UnicodeDecodeError:
        raise ConfigError(f"house list '{path}', line {number}: not UTF-8 text; save the file as UTF-8") from None


def _parse(line: str, path: Path, number: int) -> Entry | None:
    """The entry of a line, or None where it has none."""
    device, written = _written(line)
    if not written and device is None:
        return None
    if device is not None:
        try:
            device_named(device)
        except ValueError as error:
            raise ConfigError(
                f"house list '{path}', line {number}: {error}; a term with a colon of its own goes in quotes"
            ) from None
    term = normalised(written)
    if not term:
        found = f"{device}: {written}".strip() if device else written
        raise ConfigError(f"house list '{path}', line {number}: '{found}' holds no term; expected 'term' or 'device: term'")
    return term, device


def _written(line: str) -> tuple[str | None, str]:
    """What a line names before its colon, if it does, and what it says besides its comment."""
    written = _COMMENT.sub("", line).strip()
    named = _FOR_DEVICE.fullmatch(written)
    return (named["device"], named["term"]) if named else (None, written)


def _line(term: str, device: str | None, path: Path) -> str:
    """The line that says `term`; what `add` was given is what will be read."""
    plain = " ".join(term.split())
    if not normalised(plain):
        raise ConfigError(f"house list '{path}': '{plain}' is no term; expected at least one letter or figure")
    if any(unicodedata.category(character) == "Cs" for character in plain):
        raise ConfigError(f"house list '{path}': {plain!a} holds half a character, which UTF-8 cannot; write the term anew")
    if _COMMENT.search(plain):
        # A hashtag at its edge plays no part: terms are compared without.
        plain = _without_punctuation(plain)
    if _COMMENT.search(plain):
        raise ConfigError(f"house list '{path}': '{plain}' holds a '#', which begins a comment; write the term without it")
    if device is None:
        return f'"{plain}"' if _FOR_DEVICE.fullmatch(plain) else plain
    try:
        return f"{device_named(device).name}: {plain}"
    except ValueError as error:
        raise ConfigError(f"house list '{path}': {error}") from None


def _without_punctuation(text: str) -> str:
    """`text` without punctuation, quotes and white space at its ends."""
    start, end = 0, len(text)
    while start < end and _is_edge(text[start]):
        start += 1
    while start < end and _is_edge(text[end - 1]):
        end -= 1
    return text[start:end]


def _is_edge(character: str) -> bool:
    return character.isspace() or character == "`" or unicodedata.category(character).startswith("P")

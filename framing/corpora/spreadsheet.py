"""Reads the first sheet of an .xlsx workbook, which is a zip archive of XML, as rows of text.

Format: ECMA-376, «Office Open XML file formats», part 1, sections 18.3 (worksheets), 18.4 (shared strings) and 22.9.2.19 (`_xHHHH_`).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from framing.errors import CorpusError

_SHEET: Final = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_STRINGS: Final = "xl/sharedStrings.xml"
_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")


def read_sheet(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Row numbers (as the sheet counts them, the header is 1) and cells by header, '' where a cell is empty.

    The sheet is the one with the lowest number in the archive. Cells are as stored: a number stays «1» or «0.5», a date is a number, a
    formula is the value last computed. Rows and cells must carry their place, as Excel writes them. Raises CorpusError that begins with
    the file when it is missing or no such workbook.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield from _rows(archive)
    except FileNotFoundError:
        raise CorpusError(f"{path}: no such file") from None
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, ValueError, IndexError) as error:
        raise CorpusError(f"{path}: not a readable .xlsx workbook ({error}); download the file again") from error


def _rows(archive: zipfile.ZipFile) -> Iterator[tuple[int, dict[str, str]]]:
    strings = _strings(archive)
    header: dict[str, str] = {}
    for number, cells in _cells(archive, strings):
        if header:
            yield number, {name: cells.get(column, "") for column, name in header.items()}
        else:
            header = cells


def _strings(archive: zipfile.ZipFile) -> list[str]:
    if _STRINGS not in archive.namelist():
        return []
    with archive.open(_STRINGS) as content:
        return [_text(entry) for entry in ElementTree.parse(content).getroot()]


def _cells(archive: zipfile.ZipFile, strings: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Row numbers and texts by column letters: a row lists only the cells that are not empty, so their place does not count."""
    sheets = {int(found[1]): name for name in archive.namelist() if (found := _SHEET.fullmatch(name))}
    if not sheets:
        raise KeyError("it has no worksheet")
    with archive.open(sheets[min(sheets)]) as content:
        for _, row in ElementTree.iterparse(content):
            if row.tag.endswith("}row"):
                yield int(row.attrib["r"]), {cell.attrib["r"].rstrip("0123456789"): _value(cell, strings) for cell in row}
                # A sheet of many rows would otherwise be held in memory whole.
                row.clear()


def _value(cell: ElementTree.Element, strings: list[str]) -> str:
    value = cell.findtext("{*}v") or ""
    if cell.get("t") == "s":
        return strings[int(value)]
    inline = cell.find("{*}is")
    return value if inline is None else _text(inline)


def _text(entry: ElementTree.Element) -> str:
    """Text of a string, whose parts may be formatted each in its own way; the reading aid of East Asian text (`rPh`) is left out."""
    parts = [*entry.findall("{*}t"), *entry.findall("{*}r/{*}t")]
    return _ESCAPE.sub(lambda code: chr(int(code[1], 16)), "".join(part.text or "" for part in parts))

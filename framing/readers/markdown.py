"""Reads Markdown: the text stays as it is, the paragraphs leave out what is not prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from framing.readers.decoding import decode
from framing.segmentation import paragraph_bounds
from framing.text import Document, make_paragraph

_FRONT_MATTER = re.compile(
    # only with a 'key:' on its first line: otherwise '---' is a rule between two stretches of prose
    r"---[ \t]*\r?\n(?=(?:#[^\n]*\n)*[\"']?[\w.-]+[\"']?:\s).*?^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
_FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?(?P<mark>`{3,}|~{3,})(?P<info>[^\r\n]*)")
_DEFINITION = re.compile(
    r" {0,3}\[(?!\^)(?:[^\[\]\\]|\\.)+\]:[ \t]*(?:<[^<>\r\n]*>|\S+)"
    r"(?:[ \t]+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*"
)
_HEADING = re.compile(r"^ {0,3}#{1,6}(?:[ \t][^\r\n]*)?(?=\r?$)", re.MULTILINE)
_NEWLINE = re.compile(r"\r\n?|\n")


def read(data: bytes, source: str) -> Document:
    """The decoded text; no paragraph touches front matter, fenced code, comments or link-reference definitions."""
    text = decode(data, source)
    masked = _mask(text)
    bounds = (piece for start, end in paragraph_bounds(masked) for piece in _cut_at_headings(masked, start, end))
    return Document(source, text, tuple(make_paragraph(text, start, end) for start, end in bounds))


def _mask(text: str) -> str:
    """`text` with what is not prose blanked to line breaks: offsets stay, and prose on both sides is kept apart."""
    pieces = []
    position = 0
    for start, end in _outside_prose(text):
        pieces += [text[position:start], "\n" * (end - start)]
        position = end
    return "".join([*pieces, text[position:]])


def _outside_prose(text: str) -> Iterator[tuple[int, int]]:
    """The stretches that are not prose, in order; a comment that is never closed counts as prose."""
    front = _FRONT_MATTER.match(text)
    position = front.end() if front else 0
    if position:
        yield 0, position
    last_comment_end = text.rfind("-->")
    while position < len(text):
        end = _line_end(text, position)
        line = text[position:end]
        mark = _opening_fence(line)
        if mark:
            end = _fence_end(text, end, mark)
            yield position, end
        elif _DEFINITION.fullmatch(line):
            yield position, end
        else:
            # all comments of the line at once: starting afresh behind each is quadratic on one long line
            opened = text.find("<!--", position, end)
            while 0 <= opened < last_comment_end:
                closed = text.find("-->", opened + 2) + len("-->")
                yield opened, closed
                end = max(end, closed)
                opened = text.find("<!--", closed, end)
        position = end


def _line_end(text: str, position: int) -> int:
    newline = _NEWLINE.search(text, position)
    return newline.end() if newline else len(text)


def _opening_fence(line: str) -> str:
    fence = _FENCE.match(line)
    if not fence or (fence["mark"].startswith("`") and "`" in fence["info"]):
        return ""
    return fence["mark"]


def _fence_end(text: str, position: int, mark: str) -> int:
    """The end of the closing fence's line, or of the text: that is how Markdown shows an unclosed fence."""
    while position < len(text):
        end = _line_end(text, position)
        fence = _FENCE.match(text[position:end])
        if fence and fence["mark"].startswith(mark) and not fence["info"].strip():
            return end
        position = end
    return position


def _cut_at_headings(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """`text[start:end]` with each '# heading' line as a piece of its own, white space off the ends."""
    cuts = [start, *(at for heading in _HEADING.finditer(text, start, end) for at in heading.span()), end]
    for low, high in pairwise(cuts):
        piece = text[low:high]
        if piece.strip():
            yield low + len(piece) - len(piece.lstrip()), low + len(piece.rstrip())

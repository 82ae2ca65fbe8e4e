"""Makes text of unknown origin safe to show; every replacement is one character long, so offsets stay true.

What a page or a terminal cannot hold, or would obey instead of showing, is shown as U+FFFD or as a control picture.
"""

from __future__ import annotations

from html import escape
from typing import Final

_REPLACEMENT: Final = "\ufffd"
_SURROGATES: Final = range(0xD800, 0xE000)
_C1: Final = range(0x80, 0xA0)
_BIDI_CONTROLS: Final = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_LINE_BREAKS: Final = "\n\r\f\u2028\u2029"

_FOR_HTML: Final = dict.fromkeys((*range(0x09), 0x0B, *range(0x0E, 0x20), 0x7F, *_C1, *_SURROGATES), _REPLACEMENT)
_FOR_TERMINAL: Final = (
    dict.fromkeys((*_C1, *_BIDI_CONTROLS, *_SURROGATES), _REPLACEMENT)
    | {point: chr(0x2400 + point) for point in range(0x20) if point != 0x09}
    | {0x7F: "\u2421"}
    | {ord(line_break): " " for line_break in _LINE_BREAKS}
)


def html_text(text: str) -> str:
    """`text` as HTML, for content and for quoted attributes; a parser reads it back character for character."""
    # A parser turns a bare carriage return into a line feed, but keeps one that is written as a reference.
    return escape(text.translate(_FOR_HTML)).replace("\r", "&#13;")


def terminal_text(text: str) -> str:
    """`text` without anything that a terminal obeys, as long as before.

    Line breaks become spaces: inside a paragraph they are where its author's editor wrapped, not where ours does.
    """
    return text.translate(_FOR_TERMINAL)

"""Where a paragraph is quoting: one state a character, read off the quotation marks.

WordPiece models find it hard to count straight quotation marks over a whole paragraph, and the state decides who speaks.
The encoder gets it as an extra embedding; what it means for the voice is learned.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

OUTSIDE, INSIDE, SCARE = 0, 1, 2
"""Outside quotation marks; inside a quotation; inside a quotation of at most `SCARE_WORDS` words («so-called "experts"»)."""
STATES: Final = 3
SCARE_WORDS: Final = 3

_OPENERS: Final = {"“": "”\"", "«": "»", "„": "“”"}
_MARK: Final = re.compile(r"""["“”«»„]|(?P<single>(?<!\w)['‘](?=[\w£$€#…“"(]))|(?<=[\w.,!?…—–)”"])['’](?!\w)""")


def quotation_states(text: str) -> NDArray[np.int8]:
    """State of every character of a paragraph, int8, shape (characters,); the marks belong to what they enclose.

    A straight mark opens when none is open, but behind a figure it stands for inches; it closes a typographic one, too. A quotation
    that is never closed runs to the end of the paragraph, as the typographic custom for speeches over several paragraphs has it; a
    closing mark without an opener closes one that began in an earlier paragraph.
    """
    states = np.zeros(len(text), dtype=np.int8)
    opened: int | None = None
    closers = ""
    marks = list(_MARK.finditer(text))
    last_single = max((match.start() for match in marks if match.group() in "'’"), default=-1)
    for match in marks:
        mark, position = match.group(), match.start()
        if opened is not None:
            if mark in closers:
                _fill(states, text, opened, position + 1)
                opened = None
        elif mark == '"' and not text[position - 1 : position].isdigit():
            opened, closers = position, '"”'
        elif mark in _OPENERS:
            opened, closers = position, _OPENERS[mark]
        # With nothing after it to close it, it is an apostrophe («the '90s»); taken as open, it would hide the quotations after it.
        elif match["single"] and position < last_single:
            opened, closers = position, "'’"
        elif mark in "”»" and not states[:position].any():
            states[: position + 1] = INSIDE
    if opened is not None:
        states[opened:] = INSIDE
    return states


def _fill(states: NDArray[np.int8], text: str, start: int, end: int) -> None:
    words = len(text[start:end].split())
    states[start:end] = SCARE if words <= SCARE_WORDS else INSIDE

"""Where wording lies in a text, as whole words."""

from __future__ import annotations


def inside_word(text: str, position: int) -> bool:
    """Whether `text` cut at `position` would split a word: letters, digits or underscores on both sides."""
    return 0 < position < len(text) and all(c.isalnum() or c == "_" for c in text[position - 1 : position + 1])


def places(wording: str, text: str) -> list[tuple[int, int]]:
    """Start and end of each verbatim occurrence that neither begins nor ends inside a word, none overlapping; none of empty wording."""
    found: list[tuple[int, int]] = []
    if not wording.strip():
        return found
    start = text.find(wording)
    while start >= 0:
        end = start + len(wording)
        whole = not inside_word(text, start) and not inside_word(text, end)
        if whole:
            found.append((start, end))
        start = text.find(wording, end if whole else start + 1)
    return found

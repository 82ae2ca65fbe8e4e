"""Where paragraphs and sentences of an article begin and end, as offsets into the text as it came in.

White space here is all Unicode white space plus NUL and the byte order mark, which extraction leaves in articles and
nobody sees. Every pattern reads each character a bounded number of times, so that one line of many megabytes is no
danger: a quantifier is never followed by something that it could have matched itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from framing.sentence_words import AFTER_CLOCK, ALWAYS_BEFORE, BEFORE_NUMBER, MAY_END, STARTERS

LONGEST_SENTENCE: Final = 2_000
"""A run without any boundary is cut at the last white space before this many characters (or right there, where there is
none), so that whatever reads sentences works on bounded input: tables, transcripts without full stops, junk."""

_BLANK: Final = "".join(chr(point) for point in range(0x3001) if chr(point).isspace()) + "\0\ufeff"
_GAP: Final = r"[\s\0\ufeff]"
_LINE_BREAK: Final = re.compile(r"\r\n|[\n\r\f\u2028\u2029]")

# Wrapped lines end where the next word did not fit. Shorter than 45 is verse or a list; longer than 100 is a paragraph
# of its own, since no mail program, wire terminal or PDF column sets lines that long.
_WRAPPED_FROM, _WRAPPED_TO = 45, 100
_OWN_PARAGRAPH: Final = re.compile(r"#{1,6}\s|[-*+>•◦▪‣●]\s|\d{1,2}[.)]\s|[-*_=]{3,}$")
_HEADING: Final = re.compile(r"#{1,6}\s|[-*_=]{3,}$")
_TERMINATED: Final = re.compile(r"""[.!?:…。！？؟۔।]["”’'»)\]*_“]*$""")


def paragraph_bounds(text: str) -> list[tuple[int, int]]:
    r"""(start, end) of each paragraph of an article, without the white space around it; no visible character is left out.

    Lines end with \n, \r\n, \r, form feed, U+2028 or U+2029. A blank line (or U+2029) always separates paragraphs. A
    single line break separates them too, as in text copied from web pages, unless the lines were wrapped to a width.
    Headings, list entries and block quotations of Markdown start paragraphs of their own.
    """
    blocks = _blocks(text)
    everything = [pair for block in blocks for pair in pairwise(block)]
    article_width = _wrap_width(text, everything)
    bounds: list[tuple[int, int]] = []
    for block in blocks:
        # A block of two or three lines is too little evidence, so that it follows the custom of the whole article.
        width = _wrap_width(text, list(pairwise(block))) if len(block) > 3 else article_width
        start, end = block[0]
        for previous, line in pairwise(block):
            if width is None or not _continues(text, previous, line, width):
                bounds.append((start, end))
                start = line[0]
            end = line[1]
        bounds.append((start, end))
    return bounds


def _blocks(text: str) -> list[list[tuple[int, int]]]:
    """Lines, trimmed, in groups that blank lines separate."""
    blocks: list[list[tuple[int, int]]] = []
    block: list[tuple[int, int]] = []
    position = 0
    breaks = [(match.start(), match.end()) for match in _LINE_BREAK.finditer(text)]
    for line_end, following in [*breaks, (len(text), len(text))]:
        line = _trimmed(text, position, line_end)
        if line is not None:
            block.append(line)
        if block and (line is None or text[line_end:following] == "\u2029"):
            blocks.append(block)
            block = []
        position = following
    if block:
        blocks.append(block)
    return blocks


def _wrap_width(text: str, breaks: list[tuple[tuple[int, int], tuple[int, int]]]) -> int | None:
    """The width to which lines were wrapped, None if the breaks between them are the author's own.

    Two signs have to agree. Wrapped lines are full: the next word would have passed the width of the longest line. And
    a wrapped line stops in mid-sentence, so that the next begins in lower case (or, in a script without case, the line
    ends without a terminator); paragraphs and headlines hardly ever begin so. Neither sign is asked of every line: the
    last line of a paragraph is short, and names fall where they fall.
    """
    plain = [pair for pair in breaks if not _OWN_PARAGRAPH.match(text, *pair[1])]
    lengths = [end - start for (start, end), _ in plain]
    fitting = [length for length in lengths if length <= _WRAPPED_TO]
    if len(fitting) < 0.9 * len(lengths) or not fitting:
        return None
    width = max(fitting)
    long_enough = sum(length >= _WRAPPED_FROM for length in fitting)
    full = sum(_is_full(text, line, following, width) for line, following in plain)
    run_on = sum(_runs_on(text, line, following) for line, following in plain)
    wrapped = long_enough >= 0.6 * len(plain) and full >= 0.6 * len(plain) and run_on >= 0.4 * len(plain)
    return width if wrapped else None


def _is_full(text: str, line: tuple[int, int], following: tuple[int, int], width: int) -> bool:
    first_word = text[following[0] : min(following[1], following[0] + width)].split(maxsplit=1)[0]
    return line[1] - line[0] + 1 + len(first_word) > width


def _runs_on(text: str, line: tuple[int, int], following: tuple[int, int]) -> bool:
    initial = text[following[0]]
    if initial.islower():
        return True
    return initial.isalpha() and not initial.isupper() and not _ends_with_terminator(text, line)


def _continues(text: str, line: tuple[int, int], following: tuple[int, int], width: int) -> bool:
    """Whether, in text wrapped to `width`, `following` carries on the paragraph of `line`."""
    if _OWN_PARAGRAPH.match(text, *following) or _HEADING.match(text, *line):
        return False
    return text[following[0]].islower() or _is_full(text, line, following, width)


def _ends_with_terminator(text: str, line: tuple[int, int]) -> bool:
    return _TERMINATED.search(text[max(line[0], line[1] - 6) : line[1]]) is not None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """`start` and `end` moved inwards over white space, None if nothing visible lies between them."""
    piece = text[start:end]
    visible = piece.strip(_BLANK)
    if not visible:
        return None
    first = start + len(piece) - len(piece.lstrip(_BLANK))
    return first, first + len(visible)


_QUOTES: Final = "\"'”’“‘»«›‹„"
_OPENERS: Final = "\"'“‘«„‹”’»([{¿¡*_—–-「『（"
_DASHES: Final = "—–-"
_NOT_AN_OPENING: Final = ",;:.&%/)]}=|…!?>"
_WIDE: Final = "。！？｡؟۔।॥։።။។"

# A full stop, its closing marks, footnote numbers and emoji, and the white space after them.
_CANDIDATE: Final = re.compile(
    rf"""(?P<mark>[.!?…‼⁇⁈⁉{_WIDE}]+)
    (?P<tail>["'”’“‘»«›‹)\]}}*_」』】〉》）］]*(?:[ \u00a0\u202f]»(?!\w))?(?:\[\d{{1,3}}\])*
    (?:\ ?[\u2600-\u26ff\U0001f000-\U0001faff][\ufe0f\u200d]?)*)
    {_GAP}*""",
    re.VERBOSE,
)
_NEW_ENTRY: Final = re.compile(
    r"(?:\r\n|\r(?!\n)|[\n\f\u2028])[^\S\n\r\f\u2028\u2029]*(?=[\n\r\f\u2028])|\u2029|(?<=\s)(?=[•◦▪‣●■►▶])"
)
_SHORT_BRACKETS: Final = re.compile(r"\([^()]{0,150}\)|\[[^\[\]]{0,150}\]")
_INITIALS: Final = re.compile(r"[^\W\d_]{1,2}(?:\.[^\W\d_])+|[^\W\d_]")
_FIRST_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_CAMEL_CASE: Final = re.compile(r"(?:[a-z]|al-|el-)[A-Z]")
_ATTRIBUTION: Final = re.compile(
    r"(?:[A-Z][\w.'’-]{0,30}\s){1,5}(?:said|says|asked|asks|shouted|demanded|cried|replied|wrote|tweeted|added|wondered"
    r"|exclaimed|yelled|told|answered|continued|declared|thundered|joked|snapped|quipped)\b"
    r"(?=[.,:;]|\s(?:in|on|at|as|when|after|before|during|while|from|with|him|her|them|me|us|reporters|again|later)\b)"
)
_GLUED: Final = re.compile(r"[A-Z][a-z]*")
_DOMAIN: Final = frozenset("Com Org Net Ru Uk De Fr Info Edu Gov Io Co Tv Js Eu".split())


def sentence_bounds(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """(start, end) of each sentence within `text[start:end]`, as offsets into `text`, without the white space around it.

    Closing quotation marks and brackets stay with the sentence that they close, as does an attribution («"Why now?" she
    asked.»). A blank line and a bullet (•) begin a new one. None is longer than `LONGEST_SENTENCE` characters.
    """
    passage = text[start:end]
    entries = [0, *(match.end() for match in _NEW_ENTRY.finditer(passage)), len(passage)]
    bounds: list[tuple[int, int]] = []
    for left, right in pairwise(entries):
        for first, last in pairwise([left, *_cuts(passage, left, right), right]):
            sentence = _trimmed(passage, first, last)
            if sentence is not None:
                bounds.extend((start + s, start + e) for s, e in _bounded(passage, *sentence))
    return bounds


def _cuts(passage: str, left: int, right: int) -> Iterator[int]:
    """Where sentences end inside `passage[left:right]`, the end of the last one left out."""
    brackets = _SHORT_BRACKETS.finditer(passage, left, right)
    bracket = next(brackets, None)
    begin = left
    for match in _CANDIDATE.finditer(passage, left, right):
        cut = match.end("tail")
        while bracket is not None and bracket.end() <= cut:
            bracket = next(brackets, None)
        inside = bracket is not None and bracket.start() < match.start()
        if match.end() < right and not inside and _ends_sentence(passage, begin, match):
            yield cut
            begin = cut


def _ends_sentence(passage: str, begin: int, match: re.Match[str]) -> bool:
    mark, tail = match["mark"], match["tail"]
    following = passage[match.end() : match.end() + 100]
    opening = following.lstrip(_OPENERS)
    if any(character in _WIDE for character in mark[:3]):
        # «…。」と述べた»: in Japanese the quotation is the object of what comes next.
        return not (tail and following[0] in "とっ、，")
    if not opening or opening[0] in _NOT_AN_OPENING:
        return False
    if match.end() == match.end("tail"):
        return _ends_without_space(passage, begin, match, opening)
    if opening[0].islower() and not _CAMEL_CASE.match(opening):
        return False
    quotation_closed = any(character in _QUOTES for character in tail)
    if "!" in mark or "?" in mark:
        return not (quotation_closed and _ATTRIBUTION.match(opening))
    if len(mark) > 1 or mark == "…":
        # An ellipsis with space before it, or in brackets, stands for words left out; it rarely ends a sentence.
        left_out = match.start() > begin and passage[match.start() - 1] in _BLANK + "[("
        return _begins_like_sentence(opening) if left_out else not opening[0].isdigit()
    if quotation_closed:
        return True
    return _full_stop_ends_sentence(passage, begin, match.start(), opening, following[0] in _DASHES)


def _ends_without_space(passage: str, begin: int, match: re.Match[str], opening: str) -> bool:
    """«…ended.The next…»: the space is missing. Not so in «Moscow.Ru», «Whats.Up», «U.S.», «3.5» and addresses."""
    word = _word_before(passage, begin, match.start())
    if any(character in "./@" for character in word) or len(word) < 2 or not word[-1].islower():
        return False
    next_word = _GLUED.match(opening)
    if next_word is None or next_word.group() in _DOMAIN or len(match["mark"]) > 3:
        return False
    if _begins_like_sentence(opening):
        return True
    return len(next_word.group()) > 1 and word[0].islower()


def _full_stop_ends_sentence(passage: str, begin: int, stop: int, opening: str, dashed: bool) -> bool:
    """Whether the single full stop at `stop` ends a sentence or an abbreviation; `opening` is what follows."""
    word = _word_before(passage, begin, stop)
    if not word:
        return True
    if word in ALWAYS_BEFORE or word.rpartition("-")[2] in ALWAYS_BEFORE:
        return False
    initials = _INITIALS.fullmatch(word) is not None and (len(word) > 1 or not word.islower())
    if opening[0].isdigit():
        return not (initials or word in BEFORE_NUMBER or word in MAY_END)
    if len(word) <= 3 and word.isdigit() and not passage[begin : stop - len(word)].strip(_BLANK + _OPENERS):
        return False  # the number of a list entry
    if initials or word in MAY_END:
        if dashed:
            return False  # a dateline: «WASHINGTON, D.C. — The …»
        if word.lower() in ("a.m", "p.m"):
            first_word = _FIRST_WORD.match(opening)
            return first_word is None or first_word.group() not in AFTER_CLOCK
        return _begins_like_sentence(opening)
    return True


def _word_before(passage: str, begin: int, stop: int) -> str:
    """What stands between the last white space (or dash, or opening mark) and `stop`, at most 24 characters of it."""
    tail = passage[max(begin, stop - 24) : stop]
    if not tail or tail[-1] in _BLANK:
        return ""
    return re.split(r"[—–/]", tail.split()[-1])[-1].lstrip(_OPENERS)


def _begins_like_sentence(opening: str) -> bool:
    word = _FIRST_WORD.match(opening)
    if word is None or opening[word.end() : word.end() + 1] in (".", "-"):
        return False
    return word.group() in STARTERS or re.split("['’]", word.group())[0] in STARTERS


def _bounded(passage: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """`start` to `end`, between visible characters, in pieces of at most `LONGEST_SENTENCE` characters."""
    while end - start > LONGEST_SENTENCE:
        limit = start + LONGEST_SENTENCE
        spaces = [match.start() for match in re.finditer(_GAP, passage[start : limit + 1])]
        cut = start + spaces[-1] if spaces else limit
        piece = _trimmed(passage, start, cut)
        if piece is not None:
            yield piece
        # Not `_trimmed` up to `end`: copying the rest for every piece is quadratic on a line of many megabytes.
        while passage[cut] in _BLANK:
            cut += 1
        start = cut
    yield start, end

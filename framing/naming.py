"""Finds the forms of two opposed sides in a text, for each the form of the other side that fits in its place.

The grammar is a small set of rules for English, without a parser: what follows a form tells whether it stands as a noun («the US
said») or before one («the US army»). Where the rules err the text reads oddly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from framing.sides import Pair, bare

# After a form, these show that it stands as a noun; any other word in lower case is taken for the noun that it qualifies.
_FUNCTION_WORDS: Final = """a about above across after again against ago all alone along already also although always am amid among an and
    any are aren't as at away back because been before behind being below between beyond both but by came can can't cannot could did
    didn't do does doesn't don't down during each either even ever except for from gave get go goes got had has hasn't have haven't
    he her here his how however if in inside instead into is isn't it its just last like made many may might more most much must
    near neither never next nor not now of off on once one only onto or our out over own per rather same shall she should since so
    some soon still such than that the their them then there these they this those though through thus to today together tomorrow too
    took toward towards tried under until up upon us versus very via vs was wasn't we were what when where whether which while who
    whom whose why will with within without won't would yesterday yet you your went said let left knew kept led felt found thought
    told put set began became sent won lost""".split()
_VERBS: Final = """accepts accuses acts adds admits agrees allows announces appears argues arms asks attacks backs becomes begins
    believes blames blocks breaks brings builds buys calls cares carries changes claims comes considers continues controls creates
    decides defends demands denies deploys deserves destroys enters exists expects faces fails falls fears feels fights follows
    gives grows hates helps holds hopes ignores imposes insists intends invades joins keeps kills knows lacks launches lies lives
    loses loves makes means meets moves needs offers opposes owns pays plans plays poses prefers prepares promises provides pursues
    pushes puts reacts refuses rejects relies remains responds runs says seeks seems sees sells sends shows sits speaks spends stands
    starts stays stops strikes suffers suggests supplies supports takes talks targets tells thinks threatens tries turns understands
    urges uses violates votes wants warns wins wishes withdraws works want need know think believe say see""".split()
_NOUN_BEFORE: Final = frozenset(_FUNCTION_WORDS + _VERBS)
_QUALIFYING_PARTICIPLES: Final = frozenset({"armed", "allied", "united", "occupied", "proposed", "alleged"})
_DETERMINERS: Final = frozenset(
    """a an the this that these those my your his her its our their no every each any some another one modern contemporary new
    former central northern southern eastern western imperial""".split()
)
_ONE: Final = frozenset("a an one every each another this that".split())
_BE: Final = frozenset("is are was were be been being am not very more isn't aren't wasn't weren't".split())
_SENTENCE_STARTS: Final = frozenset("The But It In And This That He She They We I If As On At So For When While However".split())
_LAST_WORD: Final = re.compile(r"([\w'’]+)[ \xa0]$")
_NEXT_WORD: Final = re.compile(r"[ \xa0]([\w'’]+)")
_WORDS: Final = re.compile(r"\w{2,}")
_ARTICLE: Final = re.compile(r"(?<!\w)the[ \xa0]$", re.IGNORECASE)
_INDEFINITE: Final = re.compile(r"(?<![\w'’-])an?[ \xa0]$", re.IGNORECASE)
_OPENING_QUOTE: Final = re.compile(r"(?<!\w)['‘](?=\w)")
_SENTENCE_START: Final = re.compile(r"(?:^|[.!?][\"'”’)\]]*\s+|\n)\s*[\"'“‘(\[]*$|[,:] [\"“‘]$")
_BEGINS_WITH_VOWEL: Final = re.compile(r"(?!uni(?!n|m)|uk[a-z]|ura|uru|eu|one\b|us[aeiu])[aeiou]|hour|honest|honou?r|heir", re.IGNORECASE)
_INITIALS: Final = re.compile(r"(?:[A-Z]\.?){1,3}\d?(?!\w)|[B-DF-HJ-NP-TV-Z]{2,}\b")


@dataclass(frozen=True, slots=True)
class Edit:
    """`new` stands in place of `text[start:end]`; `side` is the side that was named there, None for a changed «a» or «an»."""

    start: int
    end: int
    new: str
    side: int | None


@dataclass(frozen=True, slots=True)
class _Place:
    """A form in a text, without its article, and what is around it."""

    text: str
    start: int
    end: int

    @property
    def word_before(self) -> str:
        """The word directly before, in lower case; '' at the start, after punctuation and after a line break."""
        match = _LAST_WORD.search(self.text, max(0, self.start - 40), self.start)
        return match[1].lower() if match else ""

    @property
    def word_after(self) -> str:
        """The word directly after; '' where something other than a space follows."""
        match = _NEXT_WORD.match(self.text, self.end)
        return match[1] if match else ""

    @property
    def after_hyphen(self) -> bool:
        return self.text[self.start - 1 : self.start] in ("-", "–")

    @property
    def before_hyphen(self) -> bool:
        return self.text[self.end : self.end + 1] in ("-", "–")

    @property
    def qualifies(self) -> bool:
        """Whether it stands before a noun: «US army», «US-led», «US President»."""
        after = self.word_after
        if self.before_hyphen:
            return self.text[self.end + 1 : self.end + 2].islower()
        lower = after.lower()
        if not after or after in _SENTENCE_STARTS or lower in _NOUN_BEFORE:
            return False
        return lower in _QUALIFYING_PARTICIPLES or not lower.endswith(("ed", "ly", "'s", "’s", "'t", "’t"))

    @property
    def determined(self) -> bool:
        """Whether no «the» can stand before it: «this America», «Europe's America», «anti-US»."""
        before = self.word_before
        return before in _DETERMINERS or before.endswith(("'s", "’s")) or self.after_hyphen or self.before_hyphen

    @property
    def ends_sentence(self) -> bool:
        """Whether the full stop that is part of it («U.S.») closes a sentence as well."""
        return self.word_after in _SENTENCE_STARTS or not self.text[self.end :].lstrip(' \xa0"”’)')[:1].strip()

    @property
    def begins_sentence(self) -> bool:
        return _SENTENCE_START.search(self.text, 0, self.start) is not None

    @property
    def among_capitals(self) -> bool:
        """Whether the words around it are in capitals, as in a headline."""
        before = _WORDS.findall(self.text[max(0, self.start - 40) : self.start])[-1:]
        after = _WORDS.findall(self.text[self.end : self.end + 40])[:1]
        return bool(before or after) and all(word.isupper() for word in before + after)


def edits(text: str, pair: Pair) -> Iterator[Edit]:
    """The changes that name each side of the pair where the other was, in order and without overlap."""
    pattern, surfaces = _matcher(pair)
    for match in pattern.finditer(text):
        surface = match[0].replace("\xa0", " ")
        if surface not in surfaces:
            continue
        side, form = surfaces[surface]
        edit = _edit(_Place(text, *match.span()), surface, form, side, pair)
        if edit is not None:
            yield from _indefinite(text, edit)
            yield edit


@lru_cache(maxsize=1024)
def _matcher(pair: Pair) -> tuple[re.Pattern[str], dict[str, tuple[int, str]]]:
    """A pattern for every form and every phrase to keep, longest first, and for each surface of a form its side and form."""
    surfaces: dict[str, tuple[int, str]] = {}
    for spelling in (_as_written, _capitalised, _titled, str.upper):
        for side, forms in enumerate(pair.sides):
            for form in map(bare, forms.forms()):
                surfaces.setdefault(spelling(form), (side, form))
    kept = {spelling(phrase) for side in pair.sides for phrase in side.keep for spelling in (_as_written, _capitalised)}
    alternatives = sorted({*surfaces, *kept}, key=lambda phrase: (-len(phrase), phrase))
    pattern = "|".join(re.escape(phrase).replace(r"\ ", "[ \xa0]") for phrase in alternatives)
    return re.compile(rf"(?<![\w@#])(?:{pattern})(?!\w|\.[a-z]|@)"), surfaces


def _edit(place: _Place, surface: str, form: str, side: int, pair: Pair) -> Edit | None:
    own, other = pair.sides[side].slots(), pair.sides[1 - side].slots()
    slot = _slot(place, [slot for slot, forms in own.items() if slot in other and form in map(bare, forms)])
    if slot is None:
        return None
    article = _ARTICLE.search(place.text, max(0, place.start - 5), place.start)
    definite = f"the {form}" in own[slot]
    # «oil-rich» is another word than «rich», «West Virginia» has no West in it, and «rich» by itself is not «the rich».
    if form[0].islower() and (place.after_hyphen or place.before_hyphen):
        return None
    if definite and article is None and form.isalpha() and form[1:].islower() and form not in own[slot]:
        return None
    new = _in_case(place, surface, form, _compound(place, slot, other) or other[slot][0])
    start, end = place.start, place.end
    if new[:4].lower() == "the ":
        if article is not None or definite or place.determined:
            new = new[4:]
    elif article is not None and definite and not place.before_hyphen:
        start = article.start()
        new = _capitalised(new) if article[0][0] == "T" else new
    if form.endswith(".") and place.ends_sentence:
        end -= 1
    return Edit(start, *_possessive(place.text, end, form, new), side)


def _slot(place: _Place, possible: list[str]) -> str | None:
    """Which of the slots that a form may fill it fills in its place."""
    before = place.word_before
    coordinated = place.word_after in ("and", "or") and before not in _ONE | {"the"}
    order = ["adjective"] if place.qualifies else ["name"]
    if before in _BE or coordinated:
        order += ["name", "adjective"]
    if before in _ONE:
        order += ["person"]
    order += ["name", "people", "person", "adjective", *possible]
    return next((slot for slot in order if slot in possible), None)


def _compound(place: _Place, slot: str, other: dict[str, tuple[str, ...]]) -> str | None:
    """The form that stands beside a hyphen: «Russian-led» as one that qualifies, «US-China» and «anti-US» as a short name."""
    if slot not in ("name", "adjective") or not (place.before_hyphen or (place.after_hyphen and slot == "name")):
        return None
    compound = other.get("compound", other.get("adjective", other[slot]))[0]
    if place.before_hyphen and place.qualifies:
        return compound
    return compound if compound.isupper() or "name" not in other else bare(other["name"][0])


def _in_case(place: _Place, surface: str, form: str, new: str) -> str:
    if surface.isupper() and len(surface) > 1 and (surface != form or place.among_capitals):
        return new.upper()
    if form[0].islower() and surface[0].isupper():
        title = place.word_after[:1].isupper() if place.begins_sentence else surface == _titled(form)
        return _titled(new) if title else _capitalised(new)
    return _capitalised(new) if new.startswith("the ") and place.begins_sentence else new


def _possessive(text: str, end: int, form: str, new: str) -> tuple[int, str]:
    """Where the edit ends, and `new` with the ending of the genitive that suits it: «Russia's», «the United States'»."""
    mark, after = text[end : end + 1], text[end + 1 : end + 3]
    if mark not in ("'", "’") or not after:
        return end, new
    if after[0] == "s" and not after[1:].isalnum() and new.endswith("s"):
        return end + 2, new + mark
    if after[0] == " " and after[1:].islower() and form.endswith("s") and not new.endswith("s") and not _OPENING_QUOTE.search(text, 0, end):
        return end + 1, f"{new}{mark}s"
    return end, new


def _indefinite(text: str, edit: Edit) -> Iterator[Edit]:
    """The change of an «a» or «an» directly before an edit, where the new word asks for the other one."""
    article = _INDEFINITE.search(text, max(0, edit.start - 4), edit.start)
    if article is None:
        return
    spelled = _INITIALS.match(edit.new) is not None
    vowel = edit.new[0] in "AEFHILMNORSX" if spelled else _BEGINS_WITH_VOWEL.match(edit.new) is not None
    old = article[0][:-1]
    if (len(old) == 2) != vowel:
        yield Edit(article.start(), article.start() + len(old), old[0] + "n" * vowel, None)


def _as_written(form: str) -> str:
    return form


def _capitalised(form: str) -> str:
    return form[0].upper() + form[1:]


def _titled(form: str) -> str:
    return " ".join(map(_capitalised, form.split(" ")))

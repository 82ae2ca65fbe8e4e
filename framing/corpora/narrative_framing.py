"""Narrative framing of climate news: five frames of whole articles, and the entities cast as hero, villain or victim.

Format: Frermann, Li, Khanehzar and Mikolajczak, «Conflicts, Villains, Resolutions: Towards models of Narrative Media Framing»,
ACL 2023. `articles_metadata.tsv` has one article a row, its text quoted; `role_and_frame_annoations.tsv` (published so) has one
row an entity string and article, not quoted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from framing.corpora.base import Example, blocks, cut, quoted_rows, read_table
from framing.corpora.placing import places
from framing.errors import CorpusError
from framing.segmentation import sentence_bounds
from framing.text import Span
from framing.vocabularies import ROLES

ARTICLES: Final = "articles_metadata.tsv"
ENTITIES: Final = "role_and_frame_annoations.tsv"
FRAMES: Final[dict[str, str]] = {
    "RE": "narrative_frames.resolution",
    "HI": "narrative_frames.human_interest",
    "CO": "narrative_frames.conflict",
    "MO": "narrative_frames.morality",
    "EC": "narrative_frames.economic",
}
"""Published frame columns and the article labels that they map to; the map is exact."""
ROLE_OF: Final[dict[str, str]] = {"hero": "protagonist", "villain": "antagonist", "victim": "innocent"}
BLOCK_CHARACTERS: Final = 900
"""Sentences are read in blocks of at most about this length: the published articles have no paragraphs."""
_TRUTH: Final[dict[str, bool]] = {"True": True, "False": False}
_ARTICLE_FIELDS: Final = ("ID", "source", "mbfc", "date", "text", *FRAMES)
_ENTITY_FIELDS: Final = ("ID", "entity", "group", "role", "mbfc", *FRAMES)
_PRONOUNS: Final = frozenset(
    "i me my we us our you your he him his she her hers it its they them their theirs who this that these those".split()
)


@dataclass(slots=True)
class _Cast:
    """Where an article's entities stand, and the roles of which some entity could not be located."""

    spans: list[Span] = field(default_factory=list)
    unlocated: set[str] = field(default_factory=set)


def read_narrative_framing(path: Path) -> Iterator[Example]:
    """Blocks of neighbouring sentences of every article in the folder `path`, with the frames as article labels.

    An entity's span is every place where its string stands verbatim between word boundaries; pronouns that refer to it are not
    marked. A role is known in an article when each entity that the annotators gave it there was located. Where one was not (480
    of the 1,944 published strings are paraphrases, differ in case or end inside a word) or is a bare pronoun («they», 30), that
    role is unknown throughout that article: what is not marked may be a mention all the same. A role without any entity is known
    to be absent. Article 405 was published without frame columns: its frames are unknown. Outlets are named in lower case
    without blanks, as the corpus writes each in two ways («Fox News», «foxnews»). Articles 330 and 424 have the same text.

    Raises:
        CorpusError: a file is missing or not UTF-8, or a row has other fields or values than published; with file and line.
    """
    articles = list(_articles(path / ARTICLES))
    casts = _casts(path / ENTITIES, {identifier: text for identifier, _, text, _ in articles})
    for identifier, outlet, text, frames in articles:
        cast = casts[identifier]
        for block in blocks(sentence_bounds(text, 0, len(text)), BLOCK_CHARACTERS):
            start, end = block[0][0], block[-1][1]
            yield Example(
                id=f"narrative_framing-{identifier}-{start}",
                corpus="narrative_framing",
                source=outlet,
                article=f"narrative-framing#{identifier}",
                text=text[start:end],
                spans=cut(cast.spans, start, end),
                known=frozenset(ROLES) - cast.unlocated,
                article_labels=frames,
                start=start,
            )


def _articles(path: Path) -> Iterator[tuple[str, str, str, dict[str, bool]]]:
    # Four published texts hold an unpaired quotation mark, so the reader is not a strict one; `joining` reads them the same way.
    rows = quoted_rows(path, "\t", strict=False)
    seen: set[str] = set()
    _require_header(next(rows, (1, []))[1], _ARTICLE_FIELDS, path)
    for number, row in rows:
        where = f"{path}, line {number}"
        if len(row) not in (len(_ARTICLE_FIELDS), len(_ARTICLE_FIELDS) - len(FRAMES)):
            raise CorpusError(f"{where}: found {len(row)} fields, expected {len(_ARTICLE_FIELDS)}; download the file again")
        identifier, outlet, _, _, text, *values = row
        if identifier in seen:
            raise CorpusError(f"{where}: article {identifier} stands twice, expected once; remove one of the rows")
        if not text.strip():
            raise CorpusError(f"{where}: article {identifier} has no text; download the file again")
        seen.add(identifier)
        yield identifier, outlet.lower().replace(" ", ""), text, _frames(values, where)


def _frames(values: list[str], where: str) -> dict[str, bool]:
    frames = {}
    for label, value in zip(FRAMES.values(), values, strict=False):
        # One published row ends in «False)».
        truth = _TRUTH.get(value.removesuffix(")"))
        if truth is None:
            raise CorpusError(f"{where}: the frame value '{value}' is unknown; expected True or False; correct the row")
        frames[label] = truth
    return frames


def _casts(path: Path, texts: dict[str, str]) -> dict[str, _Cast]:
    casts: dict[str, _Cast] = defaultdict(_Cast)
    rows = read_table(path)
    _require_header(next(rows, (1, []))[1], _ENTITY_FIELDS, path)
    for number, row in rows:
        where = f"{path}, line {number}"
        if len(row) != len(_ENTITY_FIELDS):
            raise CorpusError(f"{where}: found {len(row)} fields, expected {len(_ENTITY_FIELDS)}; download the file again")
        identifier, entity, _, role = row[:4]
        if identifier not in texts:
            raise CorpusError(f"{where}: there is no article {identifier} in {ARTICLES}; download both files again")
        if role not in ROLE_OF:
            raise CorpusError(f"{where}: role '{role}' is unknown; expected one of {', '.join(ROLE_OF)}; correct the row")
        if not entity.strip():
            raise CorpusError(f"{where}: the entity is empty; expected wording of article {identifier}; correct the row")
        cast, label = casts[identifier], ROLE_OF[role]
        found = [] if entity.strip().lower() in _PRONOUNS else places(entity.strip(), texts[identifier])
        cast.spans += [Span(start, end, label) for start, end in found]
        if not found:
            cast.unlocated.add(label)
    for cast in casts.values():
        cast.spans = _widest(cast.spans)
    return casts


def _widest(spans: list[Span]) -> list[Span]:
    """Spans in order of place, those left out that lie in another of the same label («Trump» in «Trump administration»)."""
    kept: list[Span] = []
    ends: dict[str, int] = {}
    for span in sorted(spans, key=lambda span: (span.start, -span.end, span.label)):
        if span.end > ends.get(span.label, 0):
            kept.append(span)
            ends[span.label] = span.end
    return kept


def _require_header(found: list[str], expected: tuple[str, ...], path: Path) -> None:
    if tuple(found) != expected:
        raise CorpusError(f"{path}, line 1: found the columns {', '.join(found)}; expected {', '.join(expected)}; download the file again")

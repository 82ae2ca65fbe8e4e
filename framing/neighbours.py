"""Finds texts that repeat one another: edited copies, and excerpts within longer texts.

After Broder, «On the resemblance and containment of documents», 1997: a text is the set of its runs of five words (shingles), two texts
resemble each other by the Jaccard similarity of their sets, and one contains another by the share of the other's set that it holds.
Candidates come from two samples of the sets, MinHash for resemblance and, for containment, every shingle whose hash is divisible by
`SAMPLED`: MinHash would miss a short excerpt of a long text, whose Jaccard similarity is near zero. Every candidate is then checked on
the whole sets, exact but for collisions of the 32-bit hash of a shingle.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from framing.errors import MissingExtra

SHINGLE_WORDS: Final = 5
RESEMBLING: Final = 0.5
"""Jaccard similarity from which two texts are near-duplicates: about one word in fifteen replaced."""
CONTAINED: Final = 0.8
"""Share of an excerpt's shingles that the longer text holds."""
SHORTEST: Final = 12
"""Fewest different shingles of a text that can repeat another: those of 16 words. Below, set phrases look like copies."""
PERMUTATIONS: Final = 128
BANDS: Final = (42, 3)
"""Number and length of the bands of the MinHash index: it finds 99.6 % of the pairs at a similarity of 0.5, and 4 % of those at 0.1."""
SAMPLED: Final = 2
"""One shingle in so many is compared for containment: of excerpts at both limits 1 % are missed, of those of 20 shingles none in 1,000."""
COMMON: Final = 50
"""Sampled shingles of more texts than these are set phrases, and bring up no candidate."""
PARAGRAPH_BREAK: Final = "\n\n"
_WORD: Final = re.compile(r"[^\W_]+")

Hashes = NDArray[np.uint32]


def words(text: str) -> list[str]:
    """The casefolded runs of letters and digits of a text: what stays the same when spacing, case and punctuation change."""
    return _WORD.findall(text.casefold())


@dataclass(frozen=True, slots=True)
class _Shingles:
    """Hashes of a text's shingles, each once, ascending; `inner` are those that lie within one paragraph.

    An excerpt that leaves paragraphs out joins others that were never neighbours; the shingles across are not the longer text's.
    """

    every: Hashes
    inner: Hashes


def near_duplicates(texts: Mapping[str, str]) -> list[tuple[str, str, float]]:
    """Pairs of near-duplicates among `texts` (id to text, paragraphs apart by an empty line), sorted: two ids, the lesser first, and how
    similar they are, 0 to 1.

    A pair is listed when both have at least `SHORTEST` shingles and their Jaccard similarity is at least `RESEMBLING`, or when the one
    with fewer shingles has at least `SHORTEST` within its paragraphs and the other holds the share `CONTAINED` of these; the figure is
    the greater of the two. The same texts give the same pairs in any order.

    Raises:
        MissingExtra: `datasketch` is not installed.
    """
    shingles = {key: _shingles(texts[key]) for key in sorted(texts)}
    candidates = {*_resembling(shingles), *_containing(shingles)}
    similar = ((one, other, _similarity(shingles[one], shingles[other])) for one, other in sorted(candidates))
    return [pair for pair in similar if pair[2] > 0]


def _shingles(text: str) -> _Shingles:
    found: list[str] = []
    paragraph_of: list[int] = []
    for number, paragraph in enumerate(text.split(PARAGRAPH_BREAK)):
        of_paragraph = words(paragraph)
        found += of_paragraph
        paragraph_of += [number] * len(of_paragraph)
    starts = range(len(found) - SHINGLE_WORDS + 1)
    hashes = np.array([crc32(" ".join(found[start : start + SHINGLE_WORDS]).encode()) for start in starts], dtype=np.uint32)
    paragraphs = np.array(paragraph_of)
    inner = paragraphs[: len(starts)] == paragraphs[len(paragraphs) - len(starts) :]
    return _Shingles(np.unique(hashes), np.unique(hashes[inner]))


def _similarity(one: _Shingles, other: _Shingles) -> float:
    """The figure of a near-duplicate; 0 for a pair that is none."""
    shared = len(np.intersect1d(one.every, other.every, assume_unique=True))
    resemblance = shared / (len(one.every) + len(other.every) - shared)
    excerpt, whole = (one, other) if len(one.every) <= len(other.every) else (other, one)
    containment = 0.0
    if len(excerpt.inner) >= SHORTEST:
        containment = len(np.intersect1d(excerpt.inner, whole.every, assume_unique=True)) / len(excerpt.inner)
    return max(resemblance if resemblance >= RESEMBLING else 0.0, containment if containment >= CONTAINED else 0.0)


def _resembling(shingles: Mapping[str, _Shingles]) -> Iterator[tuple[str, str]]:
    try:
        from datasketch import MinHash, MinHashLSH
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "datasketch", "train", "Finding near-duplicate articles") from error
    # The shingles are hashed already.
    first = MinHash(PERMUTATIONS, seed=1, hashfunc=int, scheme="affine32")
    index = MinHashLSH(num_perm=PERMUTATIONS, params=BANDS)
    for key, of_text in shingles.items():
        if len(of_text.every) < SHORTEST:
            continue
        sketch = first.copy()
        sketch.update_batch(of_text.every.tolist())
        yield from ((other, key) for other in index.query(sketch))
        index.insert(key, sketch)


def _containing(shingles: Mapping[str, _Shingles]) -> Iterator[tuple[str, str]]:
    keys = list(shingles)
    sampled = [of_text.every[of_text.every % SAMPLED == 0] for of_text in shingles.values()]
    if not sampled:
        return
    owners = np.repeat(np.arange(len(keys)), [len(hashes) for hashes in sampled])
    hashes = np.concatenate(sampled)
    order = np.argsort(hashes, kind="stable")
    _, starts, counts = np.unique(hashes[order], return_index=True, return_counts=True)
    owners = owners[order]
    pairs = []
    for count in range(2, COMMON + 1):
        texts = owners[starts[counts == count][:, None] + np.arange(count)]
        one, other = np.triu_indices(count, 1)
        pairs.append((texts[:, one] * len(keys) + texts[:, other]).ravel())
    for pair, shared in zip(*np.unique(np.concatenate(pairs), return_counts=True), strict=True):
        first, second = divmod(int(pair), len(keys))
        shorter = min(shingles[keys[first]], shingles[keys[second]], key=lambda of_text: len(of_text.every))
        # A quarter of what the share would give leaves room for the chance of the sample and for shingles passed over as common.
        if len(shorter.inner) >= SHORTEST and shared >= CONTAINED / 4 * len(shorter.inner) / SAMPLED:
            yield keys[first], keys[second]

"""Ukraine news bias, sentences of news on the Ukraine crisis of 2014 with the crowd's judgements of subjectivity and of taking sides.

Format: Färber et al., «A multidimensional dataset based on crowdsourcing for analyzing and detecting news bias», CIKM 2020. One JSON
file an article, `raw/article_<n>.json`; the fields are explained in `raw/Codebook.md`, the answers' scales in the authors'
`articleHandler.py` (GitHub, michaelfaerber/ukraine-news-bias).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from framing.corpora.base import Example, read_json
from framing.errors import CorpusError

SOURCE: Final = "ukraine-news-bias"
"""As in the rows of `devices`: the split machinery takes article `ukraine-news-bias#article_<n>` of both corpora for one."""

SCORE: Final = "intensified"
RATHER_NO: Final = 1
"""Answers are 0 no, 1 rather no, 2 rather yes, 3 yes; as in the authors' own binary labels, a score above 1 counts as yes."""


def read_ukraine_news_bias(path: Path) -> Iterator[Example]:
    """The sentences, one Example each; `path` is the folder `raw` or the folder that holds it.

    Both labels come from the score `intensified`: the mean of the answers above «rather no» where at least two workers gave such an
    answer (for a government: of the more frequent sign, where it has two answers), otherwise the majority's. `subjectivity` is present
    where its score, 0 (objective) to 3 (subjective), is above 1. `one_sidedness` is present where the sentence is pro-Russian or
    pro-Western (0 no to 3 yes) above 1, or where it represents the Russian, the Ukrainian or the Western governments other than
    neutrally (-2 negative to 2 positive, neutral is 0). In 72 of the 90 articles the answers on pro-Russian and pro-Western are
    the same at every sentence: take them for answers on the article.

    Raises:
        CorpusError: no article is there, or one is not as published; begins with the file of the article and the place in its JSON,
            counted from 0 («sentences[1]»): such a file is one line.
    """
    folder = path / "raw" if (path / "raw").is_dir() else path
    files = sorted(folder.glob("article_*.json"))
    if not files:
        raise CorpusError(f"{folder}: holds no article_*.json; expected the corpus' folder 'raw' or the folder that holds it")
    for file in files:
        for index, row in enumerate(_sentences(file)):
            where = f"{file}, sentences[{index}]"
            text = row.get("content") if isinstance(row, dict) else None
            if not isinstance(text, str) or not text.strip():
                raise CorpusError(f"{where}: found no text in 'content', expected a sentence; download the file again")
            yield Example(
                id=f"{SOURCE}-{file.stem}-{index}",
                corpus="ukraine_news_bias",
                source=SOURCE,
                article=f"{SOURCE}#{file.stem}",
                text=text,
                spans=(),
                known=frozenset(),
                labels=_labels(row, where),
                sentences=((0, len(text)),),
            )


def _sentences(file: Path) -> list[Any]:
    article = read_json(file)
    sentences = article.get("sentences") if isinstance(article, dict) else None
    if not isinstance(sentences, list):
        raise CorpusError(f"{file}: found no list 'sentences', expected an object that holds one; download the file again")
    return sentences


def _labels(row: dict[str, Any], where: str) -> dict[str, bool]:
    leanings = [_score(row, where, 0, 3, "bias", "score", side) for side in ("pro-russia", "pro-west")]
    representations = [_score(row, where, -2, 2, "framing", "score", government) for government in ("russia", "ukraine", "west")]
    return {
        "subjectivity": _score(row, where, 0, 3, "subjectivity", "score") > RATHER_NO,
        "one_sidedness": max(leanings) > RATHER_NO or any(representations),
    }


def _score(row: dict[str, Any], where: str, lowest: int, highest: int, *fields: str) -> float:
    value: Any = row
    for field in (*fields, SCORE):
        value = value.get(field) if isinstance(value, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
        name = ".".join((*fields, SCORE))
        raise CorpusError(f"{where}: found {value!r} in '{name}', expected a number from {lowest} to {highest}; download the file again")
    return float(value)

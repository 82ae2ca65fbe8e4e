"""DIPROMATS 2023: propaganda in tweets of diplomats of China, Russia, the USA and the European Union, in English and Spanish.

Format: Moral et al., «Overview of DIPROMATS 2023», Procesamiento del Lenguaje Natural 71, 2023. JSON lists
`{train,val}_t{1,3}_{en,es}.json` of {id, country, tweet_id, text, value, ...}: `value` is 'true' or 'false' in task 1 (propaganda or
not) and a list of techniques, or ['false'], in task 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from framing.corpora.base import Example, read_list, require_fields, require_text
from framing.errors import CorpusError, nearest
from framing.vocabularies import PERSUASION, coarser

_FILE: Final = re.compile(r"(train|val)_t([13])_([a-z]{2})\.json")
_SPLITS: Final = {"train": "train", "val": "dev"}
_NONE: Final = "false"
_TECHNIQUES: Final = {
    "1 appeal to commonality - flag waving": "flag_waving",
    "1 appeal to commonality - ad populum": PERSUASION,
    "2 discrediting the opponent - absurdity appeal": PERSUASION,
    "2 discrediting the opponent - demonization": PERSUASION,
    "2 discrediting the opponent - doubt": "casting_doubt",
    "2 discrediting the opponent - fear appeals (destructive)": "appeal_to_fear",
    "2 discrediting the opponent - name calling": "name_calling",
    "2 discrediting the opponent - propaganda slinging": PERSUASION,
    "2 discrediting the opponent - scapegoating": PERSUASION,
    "2 discrediting the opponent - undiplomatic assertiveness/whataboutism": PERSUASION,
    "3 loaded language": "loaded_language",
    "4 appeal to authority - appeal to false authority": "appeal_to_authority",
    "4 appeal to authority - bandwagoning": "appeal_to_popularity",
}
"""The techniques of task 3; those that are wider than any label here, or beside them all, say only that there is one."""
_MAY_BE: Final = {
    "1 appeal to commonality - ad populum": "appeal_to_popularity",
    "2 discrediting the opponent - undiplomatic assertiveness/whataboutism": "whataboutism",
}
"""A label that is one reading of a wider technique: unknown where the technique stands, absent where it does not."""
FINE_LABELS: Final = tuple(sorted({*_TECHNIQUES.values(), *_MAY_BE.values()}))


def read_dipromats(path: Path) -> Iterator[Example]:
    """One example a tweet, its text as it is, with `labels` alone; the source is the country, with «/es» for Spanish tweets.

    Task 1 tells `persuasion`; task 3 tells each of `FINE_LABELS` too, and where a tweet is in both, task 3 goes before. A tweet whose
    `value` is an empty list says nothing and is left out. Tweets with the same number or text are one article. Raises CorpusError, with
    file and line, for a malformed row, and when no file is there.
    """
    tweets: dict[str, Example] = {}
    articles: dict[str, str] = {}
    found = False
    for file in sorted(path.glob("*.json")):
        name = _FILE.fullmatch(file.name)
        if name is None:
            continue
        found = True
        split, task, language = name.groups()
        for line, row in read_list(file):
            where = f"{file}, line {line}"
            require_fields(row, ("id", "country", "tweet_id", "text", "value"), where)
            text = require_text(row, where)
            labels = _binary(row["value"], where) if task == "1" else _fine(row["value"], where)
            article = articles.get(text) or articles.get(str(row["tweet_id"])) or f"dipromats#{row['tweet_id']}"
            articles[text] = articles[str(row["tweet_id"])] = article
            example = Example(
                id=f"dipromats-{language}-{split}-{row['id']}",
                corpus="dipromats",
                source=str(row["country"]) + ("/es" if language == "es" else ""),
                article=article,
                text=text,
                spans=(),
                known=frozenset(),
                labels=labels,
                split=_SPLITS[split],
            )
            earlier = tweets.get(example.id)
            if earlier is not None and earlier.text != text:
                raise CorpusError(f"{where}: the text of tweet '{row['id']}' is not the one given earlier; take all files from one release")
            tweets[example.id] = example if earlier is None else replace(earlier, labels={**earlier.labels, **labels})
    if not found:
        raise CorpusError(f"{path}: holds no train_t1_en.json or the like; expected the folder of DIPROMATS 2023")
    yield from (tweet for tweet in tweets.values() if tweet.labels)


def _binary(value: Any, where: str) -> dict[str, bool]:
    if value not in ("true", "false"):
        raise CorpusError(f"{where}: the field 'value' holds {value!r}, expected 'true' or 'false'; correct the row")
    return {PERSUASION: value == "true"}


def _fine(value: Any, where: str) -> dict[str, bool]:
    if not isinstance(value, list):
        raise CorpusError(f"{where}: the field 'value' holds {value!r}, expected a list of techniques or ['false']; correct the row")
    if not value:
        return {}
    labels = dict.fromkeys(FINE_LABELS, False)
    if value == [_NONE]:
        return labels
    present: set[str] = set()
    for name in value:
        if name not in _TECHNIQUES:
            hint = nearest(str(name), _TECHNIQUES)
            raise CorpusError(f"{where}: technique '{name}' is unknown in a list of {len(value)}{hint}; correct the row")
        present.update(coarser(_TECHNIQUES[name]))
    for name in value:
        if name in _MAY_BE:
            labels.pop(_MAY_BE[name], None)
    return labels | dict.fromkeys(present, True)

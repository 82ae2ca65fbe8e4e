"""How far a corpus's own annotators agree: what a model can be asked to reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from framing.agreement import agreement
from framing.corpora.babe import FILE as BABE_FILE
from framing.corpora.babe import JUDGEMENTS, read_babe
from framing.corpora.babe import LABEL as LEXICAL_BIAS
from framing.corpora.base import Example, parse_spans, read_json
from framing.corpora.devices import SECOND_READING, read_spans
from framing.corpora.narrative_framing import FRAMES
from framing.corpora.spreadsheet import read_sheet
from framing.corpora.ukraine_news_bias import RATHER_NO
from framing.errors import CorpusError

_BABE_JUDGEMENTS: Final = "raw_labels_SG2.xlsx"
_NARRATIVE_FILE: Final = "full_annotations.json"
FRAME_QUESTIONS: Final[dict[str, tuple[tuple[str, ...], int]]] = {
    "RE": (("re2", "re6"), 2),
    "HI": (("hi1", "hi2", "hi5"), 2),
    "CO": (("co1", "co2", "co3"), 2),
    "MO": (("mo1", "mo2"), 1),
    "EC": (("ec1", "ec2", "ec3"), 2),
}
"""Questions of a frame, and how many of them must be answered yes: with the aggregated answers this gives the published frame of each
article that has one. The authors' description names RE1 and RE5 for resolution, which does not give it: re1 is yes everywhere."""
_NOT_ASKED: Final = -1
_CORPUS_RULE: Final = 2
"""So many answers above «rather no» make a sentence of `ukraine_news_bias` subjective: what its score `intensified` comes to."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """Agreement on one label: the figure, its measure ('sentence F1 of two annotators'), and where it comes from."""

    figure: float
    measure: str
    source: str

    def to_dict(self) -> dict[str, Any]:
        """As stored in an evaluation."""
        return asdict(self)


CEILINGS: Final[Mapping[str, Mapping[str, Ceiling]]] = {
    "devices": {
        label: Ceiling(figure, "sentence F1 of two annotation passes", "data/devices/CARD.md")
        for label, figure in {"loaded_label": 0.943, "blame_attribution": 0.928, "bloc_rhetoric": 0.862, "unsourced_claim": 0.869}.items()
    }
}
"""By corpus and label, agreement that a card states because it was measured on texts that are not in the corpus. It stands where
none of the paragraphs measured was read twice."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Single judgements counted against what the other annotators of the same text hold, pooled over annotators."""

    both: int
    alone: int
    others: int
    neither: int

    @property
    def judgements(self) -> int:
        """How many single judgements were compared."""
        return self.both + self.alone + self.others + self.neither

    @property
    def f1(self) -> float:
        """F1 of yes: twice the agreed yes over all yes on either side; 0 where there is no yes."""
        return _ratio(2 * self.both, 2 * self.both + self.alone + self.others)

    @property
    def macro_f1(self) -> float:
        """Mean of the F1 of yes and the F1 of no."""
        return (self.f1 + _ratio(2 * self.neither, 2 * self.neither + self.alone + self.others)) / 2

    def counted(self) -> str:
        """Macro-F1 and how much was compared, for a measure's text."""
        return f"macro-F1 {self.macro_f1:.3f}; {self.judgements:,} judgements, {self.both + self.others:,} where the others say yes"


def majority(answers: Sequence[bool]) -> bool | None:
    """What more than half of the answers say; None for a tie and for no answer."""
    yes, no = sum(answers), len(answers) - sum(answers)
    return None if yes == no else yes > no


def against_others(texts: Iterable[Sequence[bool]], verdict: Callable[[Sequence[bool]], bool | None] = majority) -> Agreement:
    """Each annotator's judgement of a text against the verdict of the others on it.

    Args:
        texts: the judgements of each text, one an annotator.
        verdict: what the others hold; where it is None the judgement is not counted.
    """
    counts = {(own, rest): 0 for own in (True, False) for rest in (True, False)}
    for judgements in texts:
        for index, own in enumerate(judgements):
            rest = verdict([*judgements[:index], *judgements[index + 1 :]])
            if rest is not None:
                counts[own, rest] += 1
    return Agreement(counts[True, True], counts[True, False], counts[False, True], counts[False, False])


def ceilings(name: str, path: Path | None, measured: Sequence[Example] = ()) -> dict[str, Ceiling]:
    """Agreement of a corpus's annotators by label; empty where the corpus gives no single judgements or they are not at `path`.

    Args:
        name: of the corpus.
        path: its folder, or a file in it; what `CEILINGS` states needs none.
        measured: the paragraphs that a model is measured on; of `devices`, agreement is computed over those that were read twice.

    Raises:
        CorpusError: the file of judgements is there but not as published; begins with the file.
    """
    folder = path.parent if path is not None and not path.is_dir() else path
    if name == "devices" and folder is not None:
        return dict(CEILINGS[name]) | _of_devices(folder / SECOND_READING, measured)
    if folder is None or name not in _COMPUTED:
        return dict(CEILINGS.get(name, {}))
    return _COMPUTED[name](folder)


def _of_devices(file: Path, measured: Sequence[Example]) -> dict[str, Ceiling]:
    if not file.exists():
        return {}
    spans = dict(read_spans(file))
    again = [replace(e, spans=parse_spans(spans[e.id], len(e.text), f"{file}, {e.id}")) for e in measured if e.id in spans]
    if not again:
        return {}
    found = agreement(measured, again, seed=0)
    measure = f"sentence F1 of two readings of {found.paragraphs:,} of these paragraphs"
    return {row.label: Ceiling(row.sentences, measure, f"computed from {file.name}") for row in found.labels if row.first + row.second}


def _of_babe(folder: Path) -> dict[str, Ceiling]:
    file = folder / _BABE_JUDGEMENTS
    if not (file.exists() and (folder / BABE_FILE).exists()):
        return {}
    # The raw file also has wordings that the published one corrected, with the judgements of a few annotators each.
    judgements: dict[str, list[bool]] = {example.text: [] for example in read_babe(folder) if example.labels}
    for number, row in read_sheet(file):
        if not {"text", "label_bias"} <= set(row):
            raise CorpusError(f"{file}, row {number}: found the columns {', '.join(row)}, expected text and label_bias among them")
        # One published cell says «Biased, unfair», a mixture of two questions.
        judgement = JUDGEMENTS.get(row["label_bias"])
        if judgement is not None and row["text"] in judgements:
            judgements[row["text"]].append(judgement)
    measure = "F1 of 'Biased', one annotator against the majority of the others"
    return _told(LEXICAL_BIAS, against_others(judgements.values()), measure, file.name)


def _of_narrative_framing(folder: Path) -> dict[str, Ceiling]:
    file = folder / _NARRATIVE_FILE
    if not file.exists():
        return {}
    articles = read_json(file)
    if not isinstance(articles, dict):
        raise CorpusError(f"{file}: found {type(articles).__name__}, expected an object of articles; download the file again")
    found: dict[str, Ceiling] = {}
    for frame, label in FRAMES.items():
        judged = against_others([_framed(article, frame, f"{file}, article {key}") for key, article in articles.items()])
        found |= _told(label, judged, "article F1 of one annotator's frame against the majority of the others", file.name)
    return found


def _framed(article: Any, frame: str, where: str) -> list[bool]:
    """Whether the article has the frame, by each annotator who read it."""
    questions, needed = FRAME_QUESTIONS[frame]
    try:
        answers = [[str(answer) for answer in article[question][1]] for question in questions]
        annotators = list(zip(*answers, strict=True))
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise CorpusError(f"{where}: no answers of each annotator to {', '.join(questions)}; download the file again") from error
    return [given.count("yes") >= needed for given in annotators if str(_NOT_ASKED) not in given]


def _of_ukraine_news_bias(folder: Path) -> dict[str, Ceiling]:
    texts = list(_workers(folder / "raw" if (folder / "raw").is_dir() else folder))
    by_rule = against_others(texts, lambda answers: sum(answers) >= _CORPUS_RULE)
    measure = (
        f"F1 of an answer above «rather no», one worker against the majority of the others (where {_CORPUS_RULE} such answers among the "
        f"others count as yes, as in the corpus's own score: {by_rule.f1:.3f})"
    )
    return _told("subjectivity", against_others(texts), measure, "raw/article_*.json")


def _workers(folder: Path) -> Iterator[list[bool]]:
    for file in sorted(folder.glob("article_*.json")):
        try:
            for sentence in read_json(file)["sentences"]:
                yield [float(answer) > RATHER_NO for answer in sentence["subjectivity"]["judgements"]]
        except (KeyError, TypeError, ValueError) as error:
            raise CorpusError(f"{file}: a sentence lacks numbers in 'subjectivity.judgements'; download the file again") from error


def _told(label: str, judged: Agreement, measure: str, file: str) -> dict[str, Ceiling]:
    """The ceiling, if anything was compared."""
    if not judged.judgements:
        return {}
    return {label: Ceiling(judged.f1, f"{measure}, ties left out ({judged.counted()})", f"computed from {file}")}


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


_COMPUTED: Final[dict[str, Callable[[Path], dict[str, Ceiling]]]] = {
    "babe": _of_babe,
    "narrative_framing": _of_narrative_framing,
    "ukraine_news_bias": _of_ukraine_news_bias,
}

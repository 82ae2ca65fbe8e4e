"""The corpora that have a reader: what each labels, and on what terms it was published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Corpus:
    """A published corpus. `vocabularies` are names of label sets of `framing.vocabularies` that its reader gives labels of.

    `research_only` corpora do not train the model that is shipped: their licence is unclear, non-commercial or copyleft, or their
    terms bind each user. `reference` is the paper, or the folder of this project. `unread` is what was annotated or judged beside
    `labels` and the reader leaves out: a published figure on it has none here to be set against.
    """

    name: str
    title: str
    labels: str
    vocabularies: tuple[str, ...]
    licence: str
    research_only: bool
    reference: str
    unread: str = ""


CORPORA: Final[tuple[Corpus, ...]] = (
    Corpus(
        "devices",
        "Devices",
        "four devices, voice and blamed target, spans",
        ("devices",),
        "labels MIT; texts not included",
        False,
        "data/devices",
    ),
    Corpus(
        "originals",
        "Originals",
        "four devices, voice and blamed target, spans",
        ("devices",),
        "CC0-1.0",
        False,
        "data/originals",
    ),
    Corpus(
        "feedback",
        "Editors' feedback",
        "four devices and voice as editors judged findings, spans",
        ("devices",),
        "your own; unpublished copy, not to be passed on",
        True,
        "framing/corpora/feedback.py",
    ),
    Corpus(
        "soft_labels",
        "Soft labels",
        "what a teacher model makes of paragraphs that nobody annotated",
        ("devices",),
        "labels those of the teacher's training; texts not included",
        False,
        "framing/corpora/soft_labels.py",
    ),
    Corpus(
        "ptc",
        "PTC (SemEval-2020 task 11)",
        "14 techniques, spans",
        ("techniques",),
        "none stated",
        True,
        "Da San Martino et al., SemEval 2020",
    ),
    Corpus(
        "semeval2021",
        "SemEval-2021 task 6",
        "20 techniques in meme texts, spans and whole texts",
        ("techniques",),
        "free for general research use",
        True,
        "Dimitrov et al., SemEval 2021",
    ),
    Corpus(
        "semeval2023",
        "SemEval-2023 task 3",
        "23 techniques, paragraphs and spans; 14 policy frames, articles",
        ("techniques", "policy_frames"),
        "given out by the organisers to each user; not to be passed on",
        True,
        "Piskorski et al., SemEval 2023",
        "genre of articles (subtask 1)",
    ),
    Corpus(
        "semeval2025",
        "SemEval-2025 task 10",
        "roles of entities, spans; narratives, articles",
        ("roles", "narratives"),
        "none stated; given out for research",
        True,
        "Piskorski et al., SemEval 2025",
        "finer roles and narratives; dominant narratives (subtask 3); other languages than English",
    ),
    Corpus(
        "narrative_framing",
        "Narrative framing of climate news",
        "five frames, articles; heroes, villains and victims, spans",
        ("roles", "narrative_frames"),
        "MIT; texts are news outlets'",
        False,
        "Frermann et al., ACL 2023",
        "group of an entity; answers of single annotators",
    ),
    Corpus(
        "basil",
        "BASIL",
        "lexical and informational bias, spans",
        ("bias",),
        "none stated",
        True,
        "Fan et al., EMNLP-IJCNLP 2019",
        "polarity, aim and speaker of spans; stance of articles; spans in titles",
    ),
    Corpus(
        "babe",
        "BABE",
        "lexical bias, sentences and words",
        ("bias",),
        "AGPL-3.0",
        True,
        "Spinde et al., Findings of EMNLP 2021",
        "opinion or fact",
    ),
    Corpus(
        "checkthat",
        "CheckThat! 2025 task 1",
        "subjectivity, sentences",
        ("bias",),
        "CC BY-NC-SA 4.0",
        True,
        "Antici et al., LREC-COLING 2024",
    ),
    Corpus(
        "ukraine_news_bias",
        "Ukraine crisis 2014 news bias",
        "subjectivity and one-sidedness, sentences",
        ("bias",),
        "none stated",
        True,
        "Färber et al., CIKM 2020",
        "hidden assumptions; the scores behind yes and no, and which side",
    ),
    Corpus(
        "usvsthem",
        "UsVsThem",
        "hostility towards a social group, comments",
        ("bias",),
        "CC BY-NC 4.0",
        True,
        "Huguet Cabot et al., EACL 2021",
        "the scale behind yes and no, the group, emotions",
    ),
    Corpus(
        "dipromats",
        "DIPROMATS 2023",
        "persuasion and techniques, tweets of diplomats",
        ("techniques",),
        "none stated",
        True,
        "Moral et al., Procesamiento del Lenguaje Natural 71, 2023",
    ),
    Corpus(
        "elecdeb",
        "ElecDeb60to20 fallacies",
        "10 techniques and other fallacies in US presidential debates, spans",
        ("techniques",),
        "CC BY-NC-SA 4.0, by its sister repository",
        True,
        "Goffredo et al., EMNLP 2023",
        "components and relations of arguments",
    ),
    Corpus(
        "mafalda",
        "MAFALDA",
        "fallacies, those that are techniques, spans; test only",
        ("techniques",),
        "none stated",
        True,
        "Helwe et al., NAACL 2024",
    ),
)
"""Our own first, then by what they label."""

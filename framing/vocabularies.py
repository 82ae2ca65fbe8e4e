"""The label sets of the field beside our own devices, and how labels of different grain relate.

A published corpus keeps its own labels; its reader maps each name to one here. The map is *exact*, *merged* (one published
label for several of these: the merged label is known, its parts are unknown where it stands) or *unknown* (no label here).

Sources: Da San Martino et al., «SemEval-2020 task 11» (14 techniques); Dimitrov et al., «SemEval-2021 task 6» (20);
Piskorski et al., «SemEval-2023 task 3» (23, whose names are used here); Boydstun et al., «Tracking the development of media
frames within and across policy issues», 2014 (14 policy frames); Frermann et al., ACL 2023 (5 narrative frames);
Spinde et al., 2021 and Fan et al., 2019 (bias by word choice and by information).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final

from framing.taxonomy import CHANNELS, DEVICES, TARGET, VOICE

TECHNIQUES: Final[tuple[str, ...]] = (
    "name_calling",
    "guilt_by_association",
    "casting_doubt",
    "appeal_to_hypocrisy",
    "questioning_the_reputation",
    "flag_waving",
    "appeal_to_authority",
    "appeal_to_popularity",
    "appeal_to_values",
    "appeal_to_fear",
    "straw_man",
    "red_herring",
    "whataboutism",
    "causal_oversimplification",
    "false_dilemma",
    "consequential_oversimplification",
    "slogans",
    "conversation_killer",
    "appeal_to_time",
    "loaded_language",
    "obfuscation",
    "exaggeration_minimisation",
    "repetition",
)
"""The 23 persuasion techniques of SemEval-2023 task 3."""

PERSUASION: Final = "persuasion"
"""Any technique: what span identification (SemEval-2020 task 11) and sentence-level propaganda detection ask for."""

MERGED: Final[dict[str, tuple[str, ...]]] = {
    "distraction": ("whataboutism", "straw_man", "red_herring"),
    "bandwagon_or_association": ("appeal_to_popularity", "guilt_by_association"),
    PERSUASION: TECHNIQUES,
}
"""Labels that stand for one of several techniques, as published corpora merged them."""

BIAS: Final[tuple[str, ...]] = ("lexical_bias", "informational_bias", "subjectivity", "one_sidedness", "hostility")
"""Bias by word choice; by selecting information; opinion rather than report; taking a side in a conflict; against a social group."""

ROLES: Final[tuple[str, ...]] = ("protagonist", "antagonist", "innocent")
"""Hero, villain and victim: the role in which a text casts an entity."""

TOKEN_VOCABULARIES: Final[dict[str, tuple[str, ...]]] = {
    "devices": CHANNELS,
    "techniques": (*TECHNIQUES, *MERGED),
    "bias": BIAS,
    "roles": ROLES,
}
"""Label sets of the token layer, by the name that a configuration gives. `devices` stands first wherever it is used."""

NARRATIVE_FRAMES: Final[tuple[str, ...]] = ("resolution", "human_interest", "conflict", "morality", "economic")
POLICY_FRAMES: Final[tuple[str, ...]] = (
    "economic",
    "capacity_and_resources",
    "morality",
    "fairness_and_equality",
    "legality",
    "policy_prescription",
    "crime_and_punishment",
    "security_and_defense",
    "health_and_safety",
    "quality_of_life",
    "cultural_identity",
    "public_opinion",
    "political",
    "external_regulation",
)
NARRATIVES: Final[tuple[str, ...]] = (
    "blaming_the_war_on_others",
    "discrediting_ukraine",
    "russia_is_the_victim",
    "praise_of_russia",
    "overpraising_the_west",
    "speculating_war_outcomes",
    "discrediting_the_west",
    "negative_consequences_for_the_west",
    "distrust_towards_media",
    "amplifying_war_fears",
    "hidden_plots_war",
    "criticism_of_climate_policies",
    "criticism_of_institutions",
    "climate_change_is_beneficial",
    "downplaying_climate_change",
    "questioning_climate_science",
    "criticism_of_climate_movement",
    "controversy_about_green_technologies",
    "hidden_plots_climate",
    "amplifying_climate_fears",
    "green_policies_are_geopolitical",
)

ARTICLE_VOCABULARIES: Final[dict[str, tuple[str, ...]]] = {
    "narrative_frames": tuple(f"narrative_frames.{name}" for name in NARRATIVE_FRAMES),
    "policy_frames": tuple(f"policy_frames.{name}" for name in POLICY_FRAMES),
    "narratives": tuple(f"narratives.{name}" for name in NARRATIVES),
}
"""Label sets of whole articles, read by the second head."""

KIN: Final[dict[str, str]] = {
    "loaded_language": "loaded_label",
    "name_calling": "loaded_label",
    "lexical_bias": "loaded_label",
    "questioning_the_reputation": "blame_attribution",
    "antagonist": "blame_attribution",
    "flag_waving": "bloc_rhetoric",
}
"""Labels of others that come nearest to one of our devices. They are not the same: a model of devices that is measured on them
shows how far it carries over, no more."""


def channels_of(vocabularies: Iterable[str]) -> tuple[str, ...]:
    """Channels of a token layer over these vocabularies, in the fixed order of `TOKEN_VOCABULARIES`."""
    chosen = set(vocabularies)
    return tuple(channel for name, channels in TOKEN_VOCABULARIES.items() if name in chosen for channel in channels)


def graded(channels: Iterable[str]) -> tuple[str, ...]:
    """The channels that mark wording by themselves: all but the blamed target and the voice, which say more about a mark."""
    return tuple(channel for channel in channels if channel not in (TARGET, VOICE))


@cache
def coarser(label: str) -> tuple[str, ...]:
    """The label itself and every merged label that it lies within."""
    own = set(parts_of(label)) or {label}
    return (label, *(merged for merged, parts in MERGED.items() if merged != label and own <= set(parts)))


def parts_of(label: str) -> tuple[str, ...]:
    """The labels that a merged label may stand for; none for any other label."""
    return MERGED.get(label, ())


def vocabulary_of(label: str) -> str:
    """Name of the vocabulary that a label belongs to; raises ValueError when it is in none."""
    for name, labels in (TOKEN_VOCABULARIES | ARTICLE_VOCABULARIES).items():
        if label in labels:
            return name
    raise ValueError(f"label '{label}' is in no vocabulary; expected a label of {', '.join(TOKEN_VOCABULARIES | ARTICLE_VOCABULARIES)}")


def title(label: str) -> str:
    """A label as readers see it: the device's title, or its name in words."""
    for device in DEVICES:
        if device.name == label:
            return device.title
    return label.rpartition(".")[2].replace("_", " ").capitalize()

"""Label sets: their order, their names, and how labels of different grain relate."""

from __future__ import annotations

from itertools import chain

import pytest

from framing.taxonomy import CHANNELS, DEVICE_NAMES, TARGET, VOICE
from framing.vocabularies import (
    ARTICLE_VOCABULARIES,
    KIN,
    MERGED,
    PERSUASION,
    TECHNIQUES,
    TOKEN_VOCABULARIES,
    channels_of,
    coarser,
    graded,
    parts_of,
    title,
    vocabulary_of,
)

TOKEN_LABELS = list(chain.from_iterable(TOKEN_VOCABULARIES.values()))
ARTICLE_LABELS = list(chain.from_iterable(ARTICLE_VOCABULARIES.values()))


def test_no_label_stands_in_two_vocabularies() -> None:
    labels = TOKEN_LABELS + ARTICLE_LABELS
    assert len(labels) == len(set(labels))
    assert all(label in TOKEN_VOCABULARIES[vocabulary_of(label)] for label in TOKEN_LABELS)
    assert all(vocabulary_of(label) == label.partition(".")[0] for label in ARTICLE_LABELS)


def test_a_label_of_no_vocabulary_is_refused_with_their_names() -> None:
    with pytest.raises(ValueError, match="'irony' is in no vocabulary; expected a label of devices, techniques"):
        vocabulary_of("irony")


def test_channels_do_not_depend_on_the_order_in_which_vocabularies_are_named() -> None:
    assert channels_of(["bias", "devices"]) == channels_of(["devices", "bias"]) == (*CHANNELS, *TOKEN_VOCABULARIES["bias"])
    assert channels_of(["devices", "devices"]) == CHANNELS
    assert channels_of(["narrative_frames"]) == ()


def test_target_and_voice_are_channels_and_no_labels() -> None:
    assert graded(CHANNELS) == DEVICE_NAMES
    assert not {TARGET, VOICE} & set(graded(channels_of(TOKEN_VOCABULARIES)))


def test_a_merged_label_stands_for_techniques_and_lies_within_any_technique() -> None:
    assert len(TECHNIQUES) == 23
    for merged, parts in MERGED.items():
        assert set(parts) <= set(TECHNIQUES)
        assert PERSUASION in coarser(merged)
    assert coarser("straw_man") == ("straw_man", "distraction", PERSUASION)
    assert coarser("distraction") == ("distraction", PERSUASION)
    assert coarser(PERSUASION) == (PERSUASION,)
    assert coarser("loaded_label") == ("loaded_label",)
    assert parts_of("distraction") == ("whataboutism", "straw_man", "red_herring")
    assert parts_of("straw_man") == ()


def test_kin_are_labels_of_others_and_devices_of_ours() -> None:
    assert set(KIN) <= set(TOKEN_LABELS) - set(DEVICE_NAMES)
    assert set(KIN.values()) <= set(DEVICE_NAMES)


def test_titles_are_what_readers_see() -> None:
    assert title("bloc_rhetoric") == "Bloc rhetoric"
    assert title("narrative_frames.human_interest") == "Human interest"
    assert all(title(label)[0].isupper() and "_" not in title(label) for label in TOKEN_LABELS + ARTICLE_LABELS)

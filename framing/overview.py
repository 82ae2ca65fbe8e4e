"""A screened article at a glance: its rates beside those of a reference, a strip of its sentences, and what stands out in two sentences."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from framing.decoding import Sensitivity
from framing.phrases import counted, number, rate, times_as_often
from framing.poisson import chance_of_at_least, chance_of_at_most
from framing.reference import DeviceRates, Rate, ReferenceRates
from framing.screening import Finding, ScreenedParagraph, ScreenedSentence, Screening, Voice
from framing.taxonomy import DEVICE_NAMES, VOICES

CHANCE: Final = 0.05
"""Chance at most that an article with the reference's rates shows any difference at all."""
SHORTEST_WORDS: Final = 150
"""Of a text whose rates are compared: below, a single finding is already 7 per 1,000 words."""
FEWEST_NAMED: Final = 3
"""Blame findings with a named target from which the one blamed most often is told."""
MOST_PLACES: Final = 3
"""Paragraphs that a sentence names at most."""
CROWDED: Final = 1 / 3
"""Share of the words that paragraphs may hold at most, to be named as the place of half the findings."""
HEADLINE_WORDS: Final = 20
TARGET_CHARACTERS: Final = 60

_NOUNS: Final = {
    "loaded_label": ("loaded label", "loaded labels"),
    "blame_attribution": ("blame attribution", "blame attributions"),
    "bloc_rhetoric": ("passage of bloc rhetoric", "passages of bloc rhetoric"),
    "unsourced_claim": ("unsourced claim", "unsourced claims"),
}
_IN_VOICE: Final[dict[str, str]] = {"own": "In the text's own voice", "reported": "In reported speech"}
_CLOSING: Final = "\"'”’»)*_"
_PRONOUNS: Final = frozenset("i me we us you he him she her it they them this that these those who whom".split())


@dataclass(frozen=True, slots=True)
class VoiceRate:
    """Findings of one device in one voice beside the reference's.

    `chance` is how likely a text of this length would have as many findings or more (or as few or fewer, where it has less than the
    reference) by chance; `difference` is None where that is no less than chance allows, or where rates are not compared.
    """

    device: str
    voice: Voice
    findings: int
    per_1000: float
    reference: Rate
    chance: float
    difference: Literal["more", "fewer"] | None


@dataclass(frozen=True, slots=True)
class DeviceOverview:
    """Findings of one device, and how they compare with the reference in each voice."""

    device: str
    findings: int
    per_1000: float
    own: VoiceRate
    reported: VoiceRate


@dataclass(frozen=True, slots=True)
class StripCell:
    """A sentence in the strip: its bounds in the text, and its strongest device with the sentence's probability of it.

    Of a flagged sentence, one that a finding lies in, it is the device of the surest finding there, whose `voice` is given.
    """

    paragraph: int
    start: int
    end: int
    device: str
    score: float
    flagged: bool
    voice: Voice | None


@dataclass(frozen=True, slots=True)
class Overview:
    """An article at a glance. `compared` is false where its rates say nothing beside the reference: too few words, or another model."""

    words: int
    findings: int
    devices: Mapping[str, DeviceOverview]
    strip: tuple[StripCell, ...]
    compared: bool

    @property
    def lead(self) -> VoiceRate | None:
        """What is more frequent than in the reference by more than chance: own voice before reported, then the least likely; or None."""
        rates = [device.own for device in self.devices.values()] + [device.reported for device in self.devices.values()]
        more = [rate for rate in rates if rate.difference == "more"]
        return min(more, key=lambda rate: (rate.voice != "own", rate.chance), default=None)


def overview(screening: Screening, reference: ReferenceRates, sensitivity: Sensitivity = "balanced") -> Overview:
    """Counts, rates and strip of an article that was screened at `sensitivity`, all devices in both voices.

    A difference is tested by the exact tail of a Poisson count: as many findings or more in that many words, each tail at `CHANCE` over
    twice the number of comparisons (Bonferroni). The rate that it is tested against is the end of the reference's interval that lies
    nearer, so that a small reference shows fewer differences, not more. Poisson counts take every word for as likely as another: articles
    differ among themselves by more than that, so a difference says that this text is unlike the reference as a whole, not that no
    article in it is like this one. Texts under `SHORTEST_WORDS` and screenings by another model than the reference's show no difference.
    """
    words = screening.summary.words
    compared = words >= SHORTEST_WORDS and screening.model == reference.model
    counts = Counter((finding.device, finding.voice) for finding in screening.findings)
    rates = reference.sensitivities[sensitivity]
    devices = {name: _device(name, counts, words, rates[name], compared) for name in DEVICE_NAMES}
    return Overview(words, counts.total(), devices, strip(screening), compared)


def strip(screening: Screening) -> tuple[StripCell, ...]:
    """A cell for each sentence, in order; those that a finding of this screening lies in are flagged."""
    return tuple(
        _cell(index, sentence, paragraph) for index, paragraph in enumerate(screening.paragraphs) for sentence in paragraph.sentences
    )


def _device(name: str, counts: Mapping[tuple[str, Voice], int], words: int, reference: DeviceRates, compared: bool) -> DeviceOverview:
    own = _voice_rate(name, "own", counts.get((name, "own"), 0), words, reference.own, compared)
    reported = _voice_rate(name, "reported", counts.get((name, "reported"), 0), words, reference.reported, compared)
    findings = own.findings + reported.findings
    return DeviceOverview(name, findings, _per_1000(findings, words), own, reported)


def _voice_rate(device: str, voice: Voice, findings: int, words: int, reference: Rate, compared: bool) -> VoiceRate:
    rate, limit = _per_1000(findings, words), CHANCE / (2 * len(DEVICE_NAMES) * len(VOICES))
    more = rate > reference.per_1000
    if more:
        chance = chance_of_at_least(findings, reference.high * words / 1000)
    else:
        chance = chance_of_at_most(findings, reference.low * words / 1000)
    beyond = compared and chance < limit
    return VoiceRate(device, voice, findings, rate, reference, chance, ("more" if more else "fewer") if beyond else None)


def _per_1000(findings: int, words: int) -> float:
    return 1000 * findings / words if words else 0.0


def _cell(index: int, sentence: ScreenedSentence, paragraph: ScreenedParagraph) -> StripCell:
    inside = [finding for finding in paragraph.findings if finding.start < sentence.end and finding.end > sentence.start]
    surest = max(inside, key=lambda finding: finding.score, default=None)
    device = surest.device if surest else max(sentence.scores, key=lambda name: sentence.scores[name])
    voice = surest.voice if surest else None
    return StripCell(index, sentence.start, sentence.end, device, sentence.scores[device], surest is not None, voice)


def stands_out(screening: Screening, reference: ReferenceRates, sensitivity: Sensitivity = "balanced") -> tuple[str, str]:
    """Two sentences: what is most notable in the article, and where it is or who is blamed. Both are plain text to be escaped as such.

    The first tells the `lead` of the overview; failing that, that nothing was marked, that the text is not compared, or what is marked
    most often, which chance allows. The second names the actor blamed most often where blame or nothing leads, at least `FEWEST_NAMED`
    findings name their target (other than by a pronoun), and one actor has at least half of them, more than any other. Otherwise it
    names the paragraphs, at most `MOST_PLACES`, that hold half of the lead's findings (of all, where nothing leads) in at most a third of
    the words; and where there are none, the number of paragraphs that the lead is spread over, or the share in the text's own voice.
    """
    seen = overview(screening, reference, sensitivity)
    lead = seen.lead
    if not seen.findings:
        return _nothing_marked(seen.words, reference, sensitivity, screening.model == reference.model)
    if lead is not None:
        first = _lead_sentence(lead, reference)
    elif screening.model != reference.model:
        first = _of_another_model(reference)
    elif not seen.compared:
        first = f"The text has {counted(seen.words, 'word', 'words')}, too few to compare its rates with those of {reference.name}."
    else:
        first = _most_sentence(seen, reference)
    blamed = _blamed(screening) if lead is None or lead.device == "blame_attribution" else None
    return first, blamed or _places(screening, lead) or _voices(screening.findings)


def _of_another_model(reference: ReferenceRates) -> str:
    return f"The rates of {reference.name} were measured with another model and are not compared with this text's."


def _nothing_marked(words: int, reference: ReferenceRates, sensitivity: Sensitivity, same_model: bool) -> tuple[str, str]:
    if not same_model:
        return f"Nothing is marked in {counted(words, 'word', 'words')}.", _of_another_model(reference)
    marks = sum(rates.own.findings + rates.reported.findings for rates in reference.sensitivities[sensitivity].values())
    if not marks:
        return f"Nothing is marked in {counted(words, 'word', 'words')}.", f"Nothing is marked in {reference.name} either."
    every = reference.words / marks
    step = 10 ** max(0, math.floor(math.log10(every)) - 1)
    return (
        f"Nothing is marked in {counted(words, 'word', 'words')}.",
        f"The average in {reference.name} is about one mark in {counted(round(every / step) * step, 'word', 'words')}.",
    )


def _lead_sentence(lead: VoiceRate, reference: ReferenceRates) -> str:
    verb = "is" if lead.findings == 1 else "are"
    start = f"{_IN_VOICE[lead.voice]}, {counted(lead.findings, *_NOUNS[lead.device])} {verb} marked, {rate(lead.per_1000)} per 1,000 words"
    if not lead.reference.findings:
        return f"{start}; {counted(reference.words, 'word', 'words')} of {reference.name} have none."
    often = times_as_often(lead.per_1000 / lead.reference.per_1000)
    return f"{start}: {often} in {reference.name} ({rate(lead.reference.per_1000)})."


def _most_sentence(seen: Overview, reference: ReferenceRates) -> str:
    """What is marked most often where that is no more than chance allows."""
    rates = [rate for device in seen.devices.values() for rate in (device.own, device.reported)]
    most = max(rates, key=lambda rate: rate.findings)
    if sum(rate.findings == most.findings for rate in rates) > 1:
        return f"Nothing is marked more often than in {reference.name}, beyond what chance allows in a text of this length."
    voice = _IN_VOICE[most.voice]
    expected = rate(most.reference.per_1000) if most.reference.findings else "none"
    return (
        f"Most often marked are {_NOUNS[most.device][1]} {voice[0].lower()}{voice[1:]}, {rate(most.per_1000)} per 1,000 words against "
        f"{expected} in {reference.name}: no more than chance allows in a text of this length."
    )


def _blamed(screening: Screening) -> str | None:
    blame = [finding for finding in screening.findings if finding.device == "blame_attribution"]
    targets = [" ".join(screening.text[slice(*finding.target)].split()) for finding in blame if finding.target]
    named = [target for target in targets if target and target.casefold() not in _PRONOUNS]
    ranked = Counter(target.casefold() for target in named).most_common(2)
    if len(named) < FEWEST_NAMED or 2 * ranked[0][1] < len(named) or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return None
    shown = next(target for target in named if target.casefold() == ranked[0][0])
    shown = shown if len(shown) <= TARGET_CHARACTERS else shown[: TARGET_CHARACTERS - 1].rstrip() + "…"
    if ranked[0][1] == len(named):
        return f"All {number(len(named))} blame attributions that name a target name '{shown}'."
    return f"Of the {number(len(named))} blame attributions that name a target, {number(ranked[0][1])} name '{shown}'."


def _places(screening: Screening, lead: VoiceRate | None) -> str | None:
    def leads(finding: Finding) -> bool:
        return lead is None or (finding.device, finding.voice) == (lead.device, lead.voice)

    counts = {index: sum(map(leads, paragraph.findings)) for index, paragraph in enumerate(screening.paragraphs)}
    marked = sorted((index for index in counts if counts[index]), key=lambda index: -counts[index])
    total = sum(counts.values())
    if len(counts) == 1:
        return None
    chosen = _crowded(screening, marked, counts)
    if chosen is None:
        if lead is None:
            return None
        every = "both" if len(counts) == 2 else f"all {number(len(counts))}"
        over = every if len(marked) == len(counts) else f"{number(len(marked))} of the {number(len(counts))}"
        return f"These {number(total)} marks are spread over {over} paragraphs."
    there = sum(counts[index] for index in chosen)
    where = _named_places(sorted(chosen), _has_headline(screening))
    if total == 1:
        return f"{'The one mark in the text' if lead is None else 'This mark'} is in {where}."
    marks = f"the {number(total)} marks in the text" if lead is None else f"these {number(total)} marks"
    if there == total:
        every = "both" if total == 2 else f"all {number(total)}"
        return f"{every.capitalize()} {'marks in the text' if lead is None else 'of these marks'} are in {where}."
    return f"Of {marks}, {number(there)} {'is' if there == 1 else 'are'} in {where}."


def _crowded(screening: Screening, marked: Sequence[int], counts: Mapping[int, int]) -> Sequence[int] | None:
    """The fewest paragraphs with half of the marks, and those with as many as the last; None where they are many or much of the text."""
    if len(marked) == 1:
        return marked
    half, held, number = sum(counts.values()) / 2, 0, 0
    while held < half or (number < len(marked) and counts[marked[number]] == counts[marked[number - 1]]):
        held, number = held + counts[marked[number]], number + 1
    words = [len(screening.text[p.start : p.end].split()) for p in screening.paragraphs]
    too_long = sum(words[index] for index in marked[:number]) > CROWDED * sum(words)
    return None if number > MOST_PLACES or too_long else marked[:number]


def _has_headline(screening: Screening) -> bool:
    """Whether the first of several paragraphs is one short sentence without a full stop."""
    first = screening.paragraphs[0]
    text = screening.text[first.start : first.end]
    ended = text.rstrip(_CLOSING)[-1:] in ".…:"
    return len(screening.paragraphs) > 1 and len(text.split()) <= HEADLINE_WORDS and "\n" not in text and not ended


def _named_places(places: Sequence[int], headline: bool) -> str:
    """«the headline and paragraphs 3 and 5»; paragraphs are counted from 1, a headline being the first."""
    numbers = [str(index + 1) for index in places if index or not headline]
    listed = " and ".join(filter(None, [", ".join(numbers[:-1]), numbers[-1]])) if numbers else ""
    named = f"paragraph{'s' if len(numbers) > 1 else ''} {listed}" if numbers else ""
    return " and ".join(filter(None, ["the headline" if headline and not places[0] else "", named]))


def _voices(findings: Sequence[Finding]) -> str:
    own, total = sum(finding.voice == "own" for finding in findings), len(findings)
    if own in (0, total):
        every = "Both" if total == 2 else f"All {number(total)}"
        start = "The one mark in the text is" if total == 1 else f"{every} marks in the text are"
        return f"{start} in {'its own voice' if own else 'reported speech'}."
    own_part = f"{number(own)} {'is' if own == 1 else 'are'} in its own voice"
    return f"Of the {number(total)} marks in the text, {own_part} and {number(total - own)} in reported speech."

"""A draft and what was done to it, from one version to the next."""

from __future__ import annotations

import pytest

pytest.importorskip("gradio", reason="the page's extra is not installed; pip install 'framing[app]'")

from framing.app.draft import Draft, Key, Step
from framing.decoding import SENSITIVITIES
from framing.feedback import missed
from framing.screening import Finding
from tests.unit.screenings import mark, screening

BEFORE = "The hacks met.\n\nTheir cronies paid."


def draft(text: str, *findings: Finding) -> Draft:
    return Draft(dict.fromkeys(SENSITIVITIES, screening(text, *findings)))


def test_wording_noted_as_missed_goes_with_its_paragraph_to_the_next_version() -> None:
    earlier = draft(BEFORE)
    verdict = missed(earlier.levels["thorough"], BEFORE.index("cronies"), BEFORE.index("cronies") + 7, "loaded_label")
    at = BEFORE.index("cronies")
    earlier = earlier.after(Step("missed", "cronies", "loaded_label", Key(at, at + 7, "loaded_label"), verdict=verdict))
    later = "A new first line.\n\nTheir cronies paid."
    (step,) = draft(later).carrying(earlier)[0].steps
    assert step.key is not None and later[step.key.start : step.key.end] == "cronies"
    assert step.verdict is verdict
    assert draft("A new first line.").carrying(earlier)[0].steps == ()


def test_other_line_ends_are_no_other_wording() -> None:
    wrapped = "For the globalists\r\nwho dream of it."
    text = wrapped.replace("\r\n", "\n")
    earlier = draft(wrapped, mark(wrapped, "globalists\r\nwho dream", "bloc_rhetoric"))
    finding = earlier.levels["thorough"].findings[0]
    earlier = earlier.after(Step("dismissed", finding.text, finding.device, Key.of(finding), "plain"))
    now, gone = draft(text, mark(text, "globalists\nwho dream", "bloc_rhetoric")).carrying(earlier)
    assert (len(now.dismissed), gone) == (1, 0)

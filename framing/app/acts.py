"""What a visitor does to a draft on the page, and how it is undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from framing.app.draft import MISTAKEN, REASONS, Draft, Key, Step, short
from framing.app.newsroom import Newsroom
from framing.errors import InputError
from framing.feedback import Verdict, missed, of_finding, record, retraction
from framing.house import add, remove
from framing.screening import Finding
from framing.taxonomy import device

Told = Mapping[str, Any]
"""What the page tells of an act, as it comes from the browser: anything may be in it."""


@dataclass(frozen=True, slots=True)
class Done:
    """The draft after an act, what to say about it, whether it can be undone, and the mark that it brought back."""

    draft: Draft
    said: str
    undoable: bool = False
    mark: Key | None = None


def act(room: Newsroom, draft: Draft, told: object) -> Done:
    """Do what the page told; raises InputError for what it cannot have meant, FramingError where a file cannot be written."""
    work = _ACTS.get(str(told.get("act"))) if isinstance(told, dict) else None
    if work is None or not isinstance(told, dict):
        raise InputError("the page asked for something that is not done here; reload it and screen the draft again")
    return work(room, draft, told)


def undo(room: Newsroom, draft: Draft) -> Done:
    """Undo the last step that is left."""
    if not draft.steps:
        return Done(draft, "There is nothing to undo.")
    step = draft.steps[-1]
    _take_back(room, step)
    return Done(draft.without(step), f"Undone: {_UNDONE[step.kind].format(short(step.wording))}", mark=step.key)


def _judge(verdict: Literal["right", "wrong"]) -> Callable[[Newsroom, Draft, Told], Done]:
    def judge(room: Newsroom, draft: Draft, told: Told) -> Done:
        key, finding = _mark(draft, told)
        if draft.verdicts.get(key) != verdict:
            recorded = _record(room, draft, finding, verdict)
            step = Step("judged", finding.text, finding.device, key, verdict=recorded)
            return Done(draft.after(step), f"Noted as {verdict}: ‘{short(finding.text)}’.", undoable=True)
        # Pressed a second time, it is taken back with those that it had taken the place of.
        steps = [step for step in draft.steps if step.kind == "judged" and step.key == key]
        for step in steps:
            _take_back(room, step)
        return Done(draft.without(*steps), f"No longer noted as {verdict}: ‘{short(finding.text)}’.")

    return judge


def _miss(room: Newsroom, draft: Draft, told: Told) -> Done:
    start, end = told.get("start"), told.get("end")
    if type(start) is not int or type(end) is not int:
        raise InputError("no wording was selected; select some within one paragraph")
    verdict = missed(draft.levels["thorough"], start, end, str(told.get("device")))
    first = draft.text.index(verdict.wording, start)
    key = Key(first, first + len(verdict.wording), verdict.device)
    said = f"‘{short(verdict.wording)}’, {device(verdict.device).title}."
    if draft.verdicts.get(key) == "missed":
        return Done(draft, f"Noted as missed before: {said}")
    record(room.feedback, verdict)
    step = Step("missed", verdict.wording, verdict.device, key, verdict=verdict)
    return Done(draft.after(step), f"Noted as missed: {said}", undoable=True)


def _dismiss(room: Newsroom, draft: Draft, told: Told) -> Done:
    key, finding = _mark(draft, told)
    reason = str(told.get("reason"))
    if reason not in REASONS:
        raise InputError(f"'{reason[:40]}' is no reason to dismiss a mark; expected one of {', '.join(REASONS)}; reload the page")
    said = f"Dismissed: ‘{short(finding.text)}’."
    if any(step.key == key for step in draft.dismissed):
        return Done(draft, said)
    judged = reason == MISTAKEN and draft.verdicts.get(key) != "wrong"
    verdict = _record(room, draft, finding, "wrong") if judged else None
    return Done(draft.after(Step("dismissed", finding.text, finding.device, key, reason, verdict)), said, undoable=True)


def _restore(room: Newsroom, draft: Draft, told: Told) -> Done:
    key, finding = _mark(draft, told)
    steps = [step for step in draft.dismissed if step.key == key]
    for step in steps:
        _take_back(room, step)
    return Done(draft.without(*steps), f"Marked again: ‘{short(finding.text)}’.", mark=key)


def _ignore(room: Newsroom, draft: Draft, told: Told) -> Done:
    key, finding = _mark(draft, told)
    if not add(room.house_list, finding.text, finding.device):
        # Somebody else put it there meanwhile, who would not want it undone here.
        return Done(draft, f"‘{short(finding.text)}’ is on the house list already.")
    step = Step("ignored", finding.text, finding.device, key)
    said = f"‘{short(finding.text)}’ is on the house list: no draft marks it as {device(finding.device).title.lower()} again."
    return Done(draft.after(step), said, undoable=True)


def _unlist(room: Newsroom, draft: Draft, told: Told) -> Done:
    term, of = str(told.get("term")), told.get("device") or None
    named = None if of is None else str(of)
    if not remove(room.house_list, term, named):
        return Done(draft, f"‘{short(term)}’ is no longer on the house list.")
    return Done(draft.after(Step("unlisted", term, named)), f"‘{short(term)}’ is off the house list: it is marked again.", undoable=True)


_ACTS: Final[Mapping[str, Callable[[Newsroom, Draft, Told], Done]]] = {
    "right": _judge("right"),
    "wrong": _judge("wrong"),
    "missed": _miss,
    "dismiss": _dismiss,
    "restore": _restore,
    "ignore": _ignore,
    "unlist": _unlist,
}
_UNDONE: Final = {
    "dismissed": "‘{}’ is marked again.",
    "judged": "the verdict on ‘{}’ is taken back.",
    "missed": "‘{}’ is no longer noted as missed.",
    "ignored": "‘{}’ is off the house list and marked again.",
    "unlisted": "‘{}’ is on the house list again.",
}


def _take_back(room: Newsroom, step: Step) -> None:
    """What a step did outside of the draft is done no longer."""
    if step.verdict is not None:
        record(room.feedback, retraction(step.verdict))
    if step.kind == "ignored":
        remove(room.house_list, step.wording, step.device)
    if step.kind == "unlisted":
        add(room.house_list, step.wording, step.device)


def _mark(draft: Draft, told: Told) -> tuple[Key, Finding]:
    key = Key.parse(str(told.get("key")))
    return key, draft.finding(key)


def _record(room: Newsroom, draft: Draft, finding: Finding, verdict: Literal["right", "wrong"]) -> Verdict:
    for screening in draft.levels.values():
        if finding in screening.findings:
            recorded = of_finding(screening, finding, verdict)
            record(room.feedback, recorded)
            return recorded
    raise InputError("that mark is not in this draft; screen the draft again")

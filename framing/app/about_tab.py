"""The tab that says what the marks mean, what the model cannot do, and where the draft goes (nowhere)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

import gradio as gr

from framing.app.newsroom import MAX_CHARACTERS, MAX_UPLOAD, Newsroom
from framing.app.theme import ours
from framing.batch.fields import MAX_CHARACTERS as MAX_IN_BATCH
from framing.readers.docx import MAX_UNPACKED_MEGABYTES
from framing.readers.pdf import MAX_PAGES
from framing.reports.characters import html_text
from framing.reports.wording import CAUTION, LETTERS
from framing.screening import Voice
from framing.taxonomy import DEVICES, Device


class Example(NamedTuple):
    """A sentence in each voice with the wording that would be marked between asterisks, and a plain alternative."""

    own: str
    reported: str
    plain: str


EXAMPLES: Final[dict[str, Example]] = {
    "loaded_label": Example(
        "*The quay mafia* has stopped work in both ports.",
        "Ferrant called the union’s offer *a ransom note from the quay mafia*.",
        "The dockers’ union has stopped work in both ports. Ferrant rejected its offer.",
    ),
    "blame_attribution": Example(
        "*The ministry’s greed has sunk the port.*",
        "“*The ministry has sunk the port*,” Ferrant said.",
        "The court of auditors found that the ministry cut the port’s budget twice.",
    ),
    "bloc_rhetoric": Example(
        "*It is the dockers now against the people who are selling the country.*",
        "“*You stand with the dockers or you stand with the people who are selling the country*,” Ferrant said.",
        "The dockers’ union and two parties oppose the sale.",
    ),
    "unsourced_claim": Example(
        "*More than half of the cranes have not been inspected since the spring.*",
        "“*Insiders say that the ministry has hidden forty accidents*,” Ferrant said.",
        "The safety board’s register lists 11 of 20 cranes without an inspection since April.",
    ),
}


def about_tab(room: Newsroom, card: Path) -> None:
    """Lay the tab out; `card` is the model card's file."""
    ours(f'<div class="about"><div class="glance">{_privacy()}{_limits()}</div>{_meaning()}{_cannot(room)}</div>', elem_id="about")
    with gr.Accordion("Model card", open=False, elem_id="model-card"):
        gr.Markdown(_card(card), sanitize_html=True)


def _privacy() -> str:
    return (
        "<section><h2>Where your draft goes</h2><p>Nowhere but to the machine that serves this page. There it is read, held in memory "
        "until an hour after you last used it, and shown to nobody else. Dropped files are deleted as soon as they are read, the results "
        "of a batch when you leave the page or an hour later. The page loads nothing from other sites and counts no visits.</p>"
        "<p>Two things are kept, in files of the newsroom’s own, and only when you press their buttons: a wording that is never to be "
        "marked goes on the house list; «right», «wrong», «missed» and marks dismissed as mistaken go, with their paragraph, to the "
        "newsroom’s verdicts, for training on its own copy.</p></section>"
    )


def _limits() -> str:
    limits = {
        "A draft": f"{MAX_CHARACTERS:,} characters",
        "A dropped file": f"{MAX_UPLOAD.removesuffix('mb')} MB",
        "A PDF": f"{MAX_PAGES} pages",
        "A .docx": f"{MAX_UNPACKED_MEGABYTES} MB unpacked",
        "In a batch": f"{MAX_IN_BATCH:,} characters",
    }
    rows = "".join(f"<dt>{name}</dt><dd>{most}</dd>" for name, most in limits.items())
    return f'<section><h2>How much it takes</h2><dl class="limits">{rows}</dl></section>'


def _meaning() -> str:
    rows = "".join(_device(device) for device in DEVICES)
    return (
        f"<h2>What the marks mean</h2><p>{html_text(CAUTION)} A solid line is the outlet’s own voice, a dotted line is what it reports "
        "from someone else. The probability is calibrated: of marks stated at 0.70, about seven in ten are what a reader under the "
        f'codebook would mark.</p><div class="devices">{rows}</div>'
    )


def _device(device: Device) -> str:
    letter, example = LETTERS[device.name], EXAMPLES[device.name]
    lines = (
        ("Own voice", _marked(example.own, letter, "own")),
        ("Reported", _marked(example.reported, letter, "reported")),
        ("Plainer", html_text(example.plain)),
    )
    rows = "".join(f"<dt>{name}</dt><dd>{shown}</dd>" for name, shown in lines)
    return (
        f'<section><h3><span class="chip {letter}">{letter}</span> {html_text(device.title)}</h3>'
        f"<p>{html_text(device.definition)}</p><dl>{rows}</dl></section>"
    )


def _marked(sentence: str, letter: str, voice: Voice) -> str:
    return re.sub(r"\*(.+?)\*", rf'<span class="u {voice} {letter}">\1</span>', html_text(sentence))


def _cannot(room: Newsroom) -> str:
    return (
        "<h2>What it cannot do</h2><ul>"
        "<li>It reads English only. Other languages get marks that mean nothing.</li>"
        "<li>It does not know whether a statement is true, and says nothing about it.</li>"
        "<li>It misses wording, and marks wording that is fine. The figures are in the model card below.</li>"
        "<li>It reads one paragraph at a time: a source named in the paragraph before is not seen.</li>"
        "<li>Its labels were made by a language model reading under a codebook, not by people.</li></ul>"
        f'<p class="quiet">Model: {html_text(room.screener.model_name)}.</p>'
    )


def _card(card: Path) -> str:
    try:
        text = card.read_text(encoding="utf-8")
    except FileNotFoundError:
        return "This model folder has no card."
    # The head of a card is for model hubs, its picture lies beside it in the model folder.
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    return re.sub(r"^!\[.*\n", "", text, flags=re.MULTILINE)

"""The tab that says what the marks mean, what the model cannot do, and where the draft goes (nowhere)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import gradio as gr

from framing.app.newsroom import MAX_CHARACTERS, MAX_UPLOAD, Newsroom
from framing.app.theme import ours
from framing.readers.pdf import MAX_PAGES
from framing.reports.characters import html_text
from framing.reports.wording import CAUTION, LETTERS
from framing.taxonomy import DEVICES

EXAMPLES: Final[dict[str, tuple[str, str]]] = {
    "loaded_label": ("Ferrant called the union’s offer *a ransom note from the quay mafia*.", "Ferrant rejected the union’s offer."),
    "blame_attribution": (
        "*The ministry’s greed has sunk the port.*",
        "The court of auditors found that the ministry cut the port’s budget twice.",
    ),
    "bloc_rhetoric": (
        "*You stand with the dockers or you stand with the people who are selling the country.*",
        "The dockers’ union and two parties oppose the sale.",
    ),
    "unsourced_claim": (
        "*More than half of the cranes have not been inspected since the spring.*",
        "The safety board’s register lists 11 of 20 cranes without an inspection since April.",
    ),
}
"""For each device a sentence with the wording that would be marked between asterisks, and a plain alternative."""


def about_tab(room: Newsroom, card: Path) -> None:
    """Lay the tab out; `card` is the model card's file."""
    ours(f'<div class="about">{_meaning()}{_limits(room)}{_privacy(room)}</div>', elem_id="about")
    with gr.Accordion("Model card", open=False, elem_id="model-card"):
        gr.Markdown(_card(card), sanitize_html=True)


def _meaning() -> str:
    rows = "".join(
        f'<section><h3><span class="chip {LETTERS[device.name]}">{LETTERS[device.name]}</span> {html_text(device.title)}</h3>'
        f"<p>{html_text(device.definition)}</p><dl><dt>Marked</dt><dd>{_marked(EXAMPLES[device.name][0], LETTERS[device.name])}</dd>"
        f"<dt>Plainer</dt><dd>{html_text(EXAMPLES[device.name][1])}</dd></dl></section>"
        for device in DEVICES
    )
    return (
        f"<h2>What the marks mean</h2><p>{html_text(CAUTION)} A solid line is the outlet’s own voice, a dotted line is what it reports "
        "from someone else. The probability is calibrated: of marks stated at 0.70, about seven in ten are what a reader under the "
        f'codebook would mark.</p><div class="devices">{rows}</div>'
    )


def _marked(sentence: str, letter: str) -> str:
    return re.sub(r"\*(.+?)\*", rf'<span class="u own {letter}">\1</span>', html_text(sentence))


def _limits(room: Newsroom) -> str:
    return (
        "<h2>What it cannot do</h2><ul>"
        "<li>It reads English only. Other languages get marks that mean nothing.</li>"
        "<li>It does not know whether a statement is true, and says nothing about it.</li>"
        "<li>It misses wording, and marks wording that is fine. The figures are in the model card below.</li>"
        "<li>It reads one paragraph at a time: a source named in the paragraph before is not seen.</li>"
        "<li>Its labels were made by a language model reading under a codebook, not by people.</li>"
        f"<li>A draft may have {MAX_CHARACTERS:,} characters, a file {MAX_UPLOAD.upper()}, a PDF {MAX_PAGES} pages.</li></ul>"
        f'<p class="quiet">Model: {html_text(room.screener.model_name)}.</p>'
    )


def _privacy(room: Newsroom) -> str:
    return (
        "<h2>Where your draft goes</h2><p>Nowhere. It is read on the machine that serves this page, kept in memory while the page is open, "
        "and shown to nobody else. Dropped files are deleted as soon as they are read. The page loads nothing from other sites and "
        "counts no visits.</p><p>Two things are kept, and only when you press their buttons: a wording that is never to be marked goes to "
        f"<code>{html_text(str(room.house_list))}</code>, and «right», «wrong» and «missed» go, with their paragraph, to "
        f"<code>{html_text(str(room.feedback))}</code>, for training on your own copy.</p>"
    )


def _card(card: Path) -> str:
    try:
        text = card.read_text(encoding="utf-8")
    except FileNotFoundError:
        return "This model folder has no card."
    # The head of a card is for model hubs, its picture lies beside it in the model folder.
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    return re.sub(r"^!\[.*\n", "", text, flags=re.MULTILINE)

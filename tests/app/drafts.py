"""Drafts that the tests paste and drop: invented, with wording that the shipped model marks by a wide margin."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

HEADLINE = "Water board raises tariffs in the Lenn valley"
QUOTED = (
    'The leader of the homeowners, Tomas Brede, was not content. "They starved the system, they drowned our cellars, and now they send us '
    'the bill," he said. He blamed Environment Minister Silke Maur for the outage and accused her of having buried a warning.'
)
BLOC = (
    "Others see a larger design. For the globalists who dream of owning every drop, our valley is just the next trophy, and their obedient "
    "stooges in the capital are only too glad to hand it over. It is the valley against the vultures now, and whoever is not with the "
    "valley is with them."
)
PLAIN = "The board decided on Thursday by nine votes to six. The tariff rises by 18 per cent in January."
RUMOUR = (
    "What nobody at the board will admit is that its own bungling turned a broken valve into a four-day disaster. It is widely known that "
    "the alarm at Orsk had been switched off for months, and insiders say that the night shift had been told to keep quiet about it."
)

PARAGRAPHS: Sequence[str] = (HEADLINE, QUOTED, BLOC, PLAIN, RUMOUR)
DRAFT = "\n\n".join(PARAGRAPHS)
"""Has every device, both voices, and marks that overlap."""
LATER = "\n\n".join((HEADLINE, QUOTED, PLAIN, RUMOUR, "The obedient stooges of the vultures want our wells."))
"""A later version of it: one paragraph gone, one new."""


def words(number: int, seed: int) -> str:
    """A draft of about that many words, in paragraphs, unlike those of other seeds."""
    paragraphs: list[str] = []
    while sum(len(paragraph.split()) for paragraph in paragraphs) < number:
        paragraphs.append(f"Visitor {seed}, part {len(paragraphs) + 1}. {PARAGRAPHS[1 + (seed + len(paragraphs)) % 4]}")
    return " ".join("\n\n".join(paragraphs).split(" ")[:number])


def html(paragraphs: Sequence[str] = PARAGRAPHS) -> bytes:
    """A saved page with the paragraphs as its article."""
    title, body = paragraphs[0], "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs[1:])
    article = f"<article><h1>{title}</h1>{body}</article>"
    return f"<!doctype html><html lang=en><head><title>{title}</title></head><body>{article}</body></html>".encode()


def docx(paragraphs: Sequence[str] = PARAGRAPHS) -> bytes:
    """A Word document with the paragraphs."""
    from docx import Document

    document, stream = Document(), io.BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(stream)
    return stream.getvalue()


def zipped(files: dict[str, str]) -> bytes:
    """A ZIP archive with the files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return stream.getvalue()

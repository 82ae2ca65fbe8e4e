"""Prints a screening for a terminal, or for a pipe, where colour and underlining are gone and brackets stand in."""

from __future__ import annotations

from typing import Final

from rich import box
from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text

from framing.reports.characters import terminal_text
from framing.reports.wording import CAUTION, LETTERS, Block, blocks, excerpt, number
from framing.screening import Finding, Scores, Screening, Segment
from framing.taxonomy import DEVICES, device

_LEGEND: Final = {
    "loaded_label": "loaded label",
    "blame_attribution": "blame",
    "bloc_rhetoric": "bloc rhetoric (camp)",
    "unsourced_claim": "unsourced",
}
_EXCERPT: Final = 66
_DIM: Final = Style(dim=True)
_BOLD: Final = Style(bold=True)


def render_text(screening: Screening, console: Console) -> None:
    """Print the article with its marks and scores to `console`, then its summary.

    Nothing in the text or in its name is taken as a command, neither by the terminal nor as markup.
    """
    plain = console.color_system is None
    _print_heading(screening, console, plain)
    safe = terminal_text(screening.text)
    for block in blocks(screening):
        if block.paragraph is not None:
            console.print(_marked(block, safe, plain))
            _print_scores(screening, block.paragraph, console)
    _print_summary(screening, console)


def _print_heading(screening: Screening, console: Console, plain: bool) -> None:
    console.print(Text(terminal_text(screening.source), _BOLD))
    console.print(Text(f"read by {terminal_text(screening.model)}", _DIM))
    legend = Text()
    for entry in DEVICES:
        legend.append(LETTERS[entry.name], Style(color=entry.colour, bold=True))
        legend.append(f" {_LEGEND[entry.name]}   ")
    legend.rstrip()
    console.print(legend)
    voices = Text()
    voices.append("own", Style() if plain else Style(underline=True))
    voices.append(": the outlet says it itself   ")
    voices.append("reported", Style() if plain else Style(italic=True))
    voices.append(": it reports someone saying it   ")
    if plain:
        voices.append("\nL⟨ opens a mark, ⟩ [L …] closes it")
    else:
        voices.append("bold", _BOLD)
        voices.append(": marks overlap")
    console.print(voices)
    console.print(Text("Numbers are probabilities: of the paragraph (¶), of each sentence (s), of each mark.", _DIM))
    console.print()


def _marked(block: Block, safe: str, plain: bool) -> Text:
    line = Text()
    for segment in block.segments:
        if plain:
            # The letter tells which mark opens, for marks that cross instead of nesting.
            opening = [finding for finding in segment.findings if finding.start == segment.start]
            line.append("".join(f"{LETTERS[finding.device]}⟨" for finding in sorted(opening, key=lambda f: -f.end)))
        line.append(safe[segment.start : segment.end], _style(segment))
        ending = [finding for finding in segment.findings if finding.end == segment.end]
        for finding in sorted(ending, key=lambda finding: -finding.start):
            line.append("⟩ " if plain else " ")
            line.append(_tag(finding), Style(color=device(finding.device).colour))
    return line


def _style(segment: Segment) -> Style:
    """The surest finding gives the colour; each finding's own tag says the rest."""
    if not segment.findings:
        return Style()
    surest = max(segment.findings, key=lambda finding: finding.score)
    voices = {finding.voice for finding in segment.findings}
    return Style(
        color=device(surest.device).colour,
        underline="own" in voices,
        italic="reported" in voices,
        bold=len(segment.findings) > 1,
    )


def _tag(finding: Finding) -> str:
    return f"[{LETTERS[finding.device]} {finding.voice} {_short(finding.score)}]"


def _print_scores(screening: Screening, index: int, console: Console) -> None:
    paragraph = screening.paragraphs[index]
    lines = [_scores_line(f"¶{index + 1}", paragraph.scores)]
    lines += [_scores_line(f"s{place}", sentence.scores) for place, sentence in enumerate(paragraph.sentences, 1)]
    console.print(Text("".join(f"  {line}\n" for line in lines), _DIM))


def _scores_line(label: str, scores: Scores) -> str:
    return " ".join([f"{label:<4}", *(f"{letter} {_short(scores[name])}" for name, letter in LETTERS.items())])


def _short(probability: float) -> str:
    return number(probability)[1:]


def _print_summary(screening: Screening, console: Console) -> None:
    summary = screening.summary
    console.print(Text(f"{summary.words:,} words, {summary.sentences:,} sentences, {summary.findings:,} findings", _BOLD))
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), show_edge=False)
    table.add_column(Text("Device"))
    for title in ("Findings", "Own", "Reported", "Per 1,000 words"):
        table.add_column(Text(title), justify="right")
    for entry in DEVICES:
        counts = summary.devices[entry.name]
        name = Text.assemble((LETTERS[entry.name], Style(color=entry.colour, bold=True)), f" {entry.title}")
        figures = (f"{counts.findings:,}", f"{counts.own:,}", f"{counts.reported:,}", f"{counts.per_1000_words:,.1f}")
        table.add_row(name, *(Text(figure) for figure in figures))
    console.print(table)
    console.print()
    if summary.strongest_paragraphs:
        console.print(Text("Strongest paragraphs", _BOLD))
        for index in summary.strongest_paragraphs:
            console.print(Text(f"¶{index + 1}  {terminal_text(excerpt(screening, index, _EXCERPT))}"))
    else:
        console.print(Text("No wording was marked."))
    console.print()
    console.print(Text(CAUTION, Style(italic=True)))

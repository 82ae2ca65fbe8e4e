"""`framing data`: the corpora that training reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from framing.cli.agreement import agreement
from framing.cli.options import writing
from framing.cli.rates import rates
from framing.corpora import load_corpus
from framing.corpora.base import Example
from framing.corpora.catalogue import CORPORA, Corpus
from framing.corpora.checking import CorpusReport, Given, Overlap, overlap
from framing.corpora.checking import check as check_examples
from framing.corpora.devices import ANNOTATIONS, JOINED
from framing.corpora.exporting import write_parquet
from framing.corpora.joining import join as join_sources
from framing.corpora.joining import whole_articles
from framing.errors import CorpusError
from framing.leaks import SHORTEST_WORDS, article_digests
from framing.neighbours import PARAGRAPH_BREAK, near_duplicates
from framing.sharing import SharedArticle, shared_articles
from framing.splits import EXCLUDED, assign, load_splits

SHOWN = 10
"""Faults of a kind that are listed one by one; of the rest the number is told."""

app = typer.Typer(help="List, check and export corpora, put them together and split them.", no_args_is_help=True)
app.command("rates")(rates)
app.command("agreement")(agreement)


@app.command("list")
def list_corpora() -> None:
    """Print the corpora that have a reader: what they label, what of it is not read, and whether they may train a published model.

    Example: framing data list
    """
    header = ("name", "use", "vocabularies", "labels", "not read", "licence", "reference")
    rows = [(c.name, _use(c), ", ".join(c.vocabularies), c.labels, c.unread or "-", c.licence, c.reference) for c in CORPORA]
    _print_table([header, *rows])


@app.command()
def check(
    corpus: Annotated[str, typer.Argument(metavar="CORPUS", help="A name that `framing data list` prints.")],
    path: Annotated[Path, typer.Argument(help="Its folder or file.")],
    against: Annotated[
        list[str] | None, typer.Option(metavar="NAME=PATH", help="Another corpus; what both hold is reported. May be repeated.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option(help="Check the paragraphs of this source alone, by the name that a check prints. May be repeated.")
    ] = None,
    near: Annotated[bool, typer.Option("--near", help="Look for near-duplicate articles too, within and across the corpora.")] = False,
) -> None:
    """Count what a corpus holds, and report repeated texts, spans that cut words, and what it shares with other corpora.

    What two corpora share is told by article id, by text and by sentence: corpora name and cut the same articles in ways of their own.

    Example: framing data check ptc ~/corpora/ptc --against devices=data/devices
    """
    examples = load_corpus(corpus, path, source or ())
    others = [(name, place, load_corpus(name, place)) for name, place in map(_named, against or [])]
    _print_report(corpus, check_examples(examples))
    digests = article_digests(examples) if others else {}
    for name, _, other in others:
        _print_overlap(corpus, name, overlap(examples, other))
        _print_shared(corpus, name, shared_articles(digests, article_digests(other)))
    if near:
        texts = _article_texts(path, examples)
        for _, place, other in others:
            texts |= _article_texts(place, other)
        pairs = near_duplicates(texts)
        _print_faults("pairs of near-duplicate articles", [f"{one} and {two}, {similar:.2f}" for one, two, similar in pairs])


@app.command()
def export(
    corpus: Annotated[str, typer.Argument(metavar="CORPUS", help="A name that `framing data list` prints.")],
    path: Annotated[Path, typer.Argument(help="Its folder or file.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where CORPUS.parquet goes.")],
) -> None:
    """Write a corpus, as its reader gives it, to a Parquet file for `datasets` and other tools.

    Example: framing data export originals data/originals -o export
    """
    examples = load_corpus(corpus, path)
    file = output / f"{corpus}.parquet"
    with writing(file):
        write_parquet(examples, file)
    typer.echo(f"{len(examples)} paragraphs in {file}", err=True)


@app.command()
def join(
    sources: Annotated[Path, typer.Argument(help="Folder that holds your copy of the source corpora, one folder each.")],
    annotations: Annotated[Path, typer.Option(help="Our annotations, as offsets.")] = Path("data/devices") / ANNOTATIONS,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the joined corpus goes.")] = Path("data/devices") / JOINED,
) -> None:
    """Put the text of `devices` back beside our annotations, from your own copy of its sources.

    Example: framing data join ~/corpora
    """
    with writing(output):
        report = join_sources(annotations, sources, output)
    typer.echo(f"{report.joined} paragraphs joined in {output}", err=True)
    for source, count in report.missing.items():
        reason = "its folder is not there" if source in report.absent_sources else "not found in your copy"
        typer.echo(f"{source}: {count} paragraphs left out, {reason}", err=True)


@app.command()
def texts(
    sources: Annotated[Path, typer.Argument(metavar="SOURCES", help="Folder with the source corpora, one folder each.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The JSON Lines file to write: id and text of an article a line.")],
    most: Annotated[int, typer.Option(min=1, help="Paragraphs of a source, at most.")] = 8000,
    seed: Annotated[int, typer.Option(help="Seed of the draw among a source's articles.")] = 1,
) -> None:
    """Write whole articles of the sources of 'devices', annotated or not, for 'framing distill'.

    Example: framing data texts ../corpora -o texts.jsonl
    """
    count, partial = 0, output.with_name(f"{output.name}.part")
    with writing(output):
        output.parent.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("w", encoding="utf-8") as lines:
                for article in whole_articles(sources, most, seed):
                    lines.write(json.dumps(article, ensure_ascii=False) + "\n")
                    count += 1
            partial.replace(output)
        finally:
            partial.unlink(missing_ok=True)
    typer.echo(f"{count} articles in {output}", err=True)


@app.command()
def split(
    corpora: Annotated[list[str], typer.Argument(metavar="NAME=PATH...", help="Corpora to split together.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The split file to write.")],
    seed: Annotated[int, typer.Option(help="Seed of the draw.")],
    dev: Annotated[float, typer.Option(min=0.0, max=0.5, help="Share of paragraphs for dev, of what is drawn.")] = 0.15,
    test: Annotated[float, typer.Option(min=0.0, max=0.5, help="Share of paragraphs for test, of what is drawn.")] = 0.15,
    keep: Annotated[Path | None, typer.Option(help="An earlier split file, whose articles stay where they are.")] = None,
) -> None:
    """Assign whole articles to train, dev and test; published splits stay, and articles that repeat one another stay together.

    A published train article that repeats a held-out one, of whatever corpus, is excluded.

    Example: framing data split devices=data/devices originals=data/originals --seed 20 -o data/splits/mine.json
    """
    examples = named_corpora(corpora)
    kept = {article: side for article, side in load_splits(keep).items() if side != EXCLUDED} if keep else {}
    splits = assign(examples, {"dev": dev, "test": test}, seed, kept)
    with writing(output):
        splits.write(output)
    typer.echo(f"{len(splits.articles)} articles in {output}, {len(splits.excluded)} excluded", err=True)
    for article, other in splits.overlaps.items():
        typer.echo(f"{article} repeats {other}, which stands in another split; both stay", err=True)


def named_corpora(pairs: Sequence[str]) -> list[Example]:
    """The examples of corpora given as NAME=PATH, one after another; raises CorpusError for a pair that is none, or cannot be read."""
    return [example for name, path in map(_named, pairs) for example in load_corpus(name, path)]


def _use(corpus: Corpus) -> str:
    return "research only" if corpus.research_only else "any"


def _named(pair: str) -> tuple[str, Path]:
    name, separator, path = pair.partition("=")
    if not separator:
        raise CorpusError(f"'{pair}': expected NAME=PATH, for example originals=data/originals")
    return name, Path(path)


def _article_texts(path: Path, examples: Iterable[Example]) -> dict[str, str]:
    """Text by article, each named after its file or folder too: two versions of one corpus have the same article ids."""
    paragraphs: dict[str, list[str]] = {}
    for example in examples:
        paragraphs.setdefault(f"{path}: {example.article}", []).append(example.text)
    return {article: PARAGRAPH_BREAK.join(texts) for article, texts in paragraphs.items()}


def _print_report(corpus: str, report: CorpusReport) -> None:
    typer.echo(f"{corpus}: {report.paragraphs} paragraphs in {report.articles} articles, {report.sentences} sentences")
    typer.echo(f"natural paragraphs: {report.natural}")
    typer.echo("sources: " + _tally(report.sources))
    typer.echo("published splits: " + _tally(report.splits))
    labels = sorted({*report.spans, *report.known, *report.paragraph_labels, *report.article_labels})
    rows = [
        (
            label,
            str(report.spans.get(label, 0)),
            str(report.known.get(label, 0)),
            _present(report.paragraph_labels, label),
            _present(report.article_labels, label),
        )
        for label in labels
    ]
    _print_table([("label", "spans", "spans known in", "paragraphs with / without", "articles with / without"), *rows])
    _print_faults("texts stand in several paragraphs", [", ".join(group) for group in report.repeated])
    _print_faults("of them in different splits", [", ".join(group) for group in report.repeated_across_splits])
    _print_faults("articles stand in several splits", report.articles_across_splits)
    _print_faults("spans are not aligned", [f"{s.example} [{s.start}, {s.end}) {s.label}: {s.reason}" for s in report.unaligned])


def _tally(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _print_overlap(corpus: str, name: str, shared: Overlap) -> None:
    _print_faults(f"article ids stand in both {corpus} and {name}", shared.articles)
    _print_faults(f"texts stand in both {corpus} and {name}", [f"{one} and {two}" for one, two in shared.texts])


def _print_shared(corpus: str, name: str, shared: Sequence[SharedArticle]) -> None:
    half = f"{sum(pair.held for pair in shared)} of them half of the shorter article or more"
    _print_faults(
        f"articles of {corpus} share sentences of {SHORTEST_WORDS} words or more with {name}, {half}",
        [f"{s.article} and {s.other}: {s.shared} sentences, of {s.sentences} and {s.other_sentences}" for s in shared],
    )


def _present(given: Mapping[str, Given], label: str) -> str:
    return f"{given[label].present} / {given[label].absent}" if label in given else "-"


def _print_faults(what: str, faults: Sequence[str]) -> None:
    typer.echo(f"{len(faults)} {what}")
    for fault in faults[:SHOWN]:
        typer.echo(f"  {fault}")
    if len(faults) > SHOWN:
        typer.echo(f"  and {len(faults) - SHOWN} more")


def _print_table(rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())

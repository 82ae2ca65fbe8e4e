"""Writes the card of a trained model: what it was trained on, how well it does on dev, how far its probabilities hold, its limits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from framing import metrics as measure
from framing.config import TrainConfig
from framing.evaluation import paragraph_items
from framing.prediction import Calibrated
from framing.taxonomy import DEVICES
from framing.vocabularies import graded, title

PLOT: Final = "calibration.png"
PLOTTED: Final = 4
_CORPORA: Final = {
    "soft_labels": "what larger models, the teachers, make of paragraphs that nobody annotated",
    "devices": "span annotations made for this project over third parties' paragraphs, published as offsets",
    "originals": "articles written and annotated for this project (CC0)",
}

_OWN_LABELS: Final = """Labels of `devices` and `originals` were made by careful reading with a large language model as the annotator, under
a written codebook; they are **not human judgements**. No keyword rule made them. """
_SCREENING: Final = """```python
from framing import Screener
screening = Screener.load("PATH/TO/THIS/FOLDER").screen(text)
```"""
_EVALUATING: Final = """It holds none of the devices that `framing screen` marks; measure it with
`framing evaluate THIS_FOLDER --corpus NAME --path FOLDER --split SPLIT`."""


def write_card(folder: Path, config: TrainConfig, metrics: dict[str, Any], crossed: Sequence[Calibrated]) -> None:
    """Write README.md and the calibration plot beside the weights; `crossed` are cross-fitted dev predictions."""
    sections = [_head(config), _data(config, metrics), _figures(metrics)]
    if crossed:
        plot_calibration(folder / PLOT, crossed)
        sections.append(_calibration(metrics))
    sections.append(_limits(config))
    (folder / "README.md").write_text("\n\n".join(sections) + "\n", encoding="utf-8")


def _head(config: TrainConfig) -> str:
    encoder = config.encoder if isinstance(config.encoder, str) else "a randomly initialised BERT"
    return f"""---
license: {config.license.lower()}
language: en
library_name: transformers
tags: [token-classification, media-framing]
---
# {config.name}

{_purpose(config)} One linear layer over the tokens of
`{Path(encoder).name if Path(encoder).exists() else encoder}`; sentence and paragraph scores are a smooth maximum of the token logits.

{_SCREENING if "devices" in config.vocabularies else _EVALUATING}

`AutoModel.from_pretrained` loads the folder too, after `import framing.model`. `training.yaml` holds the resolved configuration,
`metrics.json` every figure below and more."""


def _purpose(config: TrainConfig) -> str:
    if "devices" not in config.vocabularies:
        labels = len(graded(config.channels)) + len(config.article_labels)
        return f"Scores {labels} labels of the vocabularies {', '.join(config.vocabularies)} in English text."
    devices = ", ".join(device.title.lower() for device in DEVICES)
    return f"""Marks the wording in an English news text that frames rather than informs: {devices}; for each span the voice
(the outlet's own, or reported speech) and for blame the target."""


def _data(config: TrainConfig, metrics: dict[str, Any]) -> str:
    train, dev = metrics["train"], metrics["dev_extent"]
    corpora = "\n".join(f"- `{c.name}`: {_CORPORA.get(c.name, 'see its card')}" for c in config.corpora)
    sources = "\n".join(
        f"| {source} | {count} | {dev['paragraphs_by_source'].get(source, 0)} |"
        for source, count in train["paragraphs_by_source"].items()
    )
    return f"""## Data
{corpora}

{_OWN_LABELS if any(c.name in _CORPORA for c in config.corpora) else ""}Articles are never cut by a split.
Split `{config.splits}`, data fingerprint
`{metrics["data_fingerprint"]}`, seed {config.seed}.{_start(metrics)}

- Train: {_extent(train)}
- Dev (`{", ".join(config.calibrate_on)}`): {_extent(dev)}

| source | train paragraphs | dev paragraphs |
|---|---|---|
{sources}"""


def _start(metrics: dict[str, Any]) -> str:
    """From which of our models the run started, and what a reader of the figures should know of that and of the data."""
    told = [f"Mind: {warning}." for warning in metrics["warnings"]]
    if "started_from" in metrics:
        model, articles = metrics["started_from"]["model"], metrics["started_from"]["articles"]
        seen = "is not known" if articles is None else f"({articles} articles) is in `training-documents.json` too"
        told = [f"The encoder started as that of `{model}`; what that has seen {seen}.", *told]
    return "".join(f"\n{line}" for line in told)


def _extent(part: dict[str, Any]) -> str:
    return f"{part['paragraphs']} paragraphs, {part['articles']} articles, {part['spans']} spans"


def _figures(metrics: dict[str, Any]) -> str:
    parts = ["""## Figures on dev
Brackets: 95 % bootstrap intervals, resampling whole articles. Thresholds were fitted on this very dev split; «cross-fitted» fits them
on four fifths of the dev articles and measures on the rest, which is what new text can expect. «natural» leaves out paragraphs that
were picked because they looked likely to hold a device. Figures are of sentences, or of paragraphs for labels whose sentences the corpus
does not label. Span F1 is the partial-overlap measure of SemEval-2020 task 11. Two baselines stand beside, their thresholds fitted on
dev too; `metrics.json` has more."""]
    if metrics["dev"].get("labels"):
        head = "label | F1 | P / R | AP | support | F1 cross-fitted | natural | paragraph F1 | span F1 | TF-IDF F1 | all-positive F1"
        parts.append(_table(head, [_label_row(metrics, label, figures) for label, figures in metrics["dev"]["labels"].items()]))
    if metrics["dev"].get("articles"):
        rows = [[title(label), *_headline(figures)] for label, figures in metrics["dev"]["articles"].items()]
        parts.append("Whole articles:\n\n" + _table("label | F1 | P / R | AP | support", rows))
    if metrics["dev"].get("voice", {}).get("support"):
        parts.append(_voice(metrics))
    return "\n\n".join(parts)


def _label_row(metrics: dict[str, Any], label: str, figures: dict[str, Any]) -> list[str]:
    level = "sentence" if "sentence" in figures else "paragraph"

    def other(part: str) -> dict[str, Any]:
        found: dict[str, Any] = metrics.get(part, {}).get("labels", {}).get(label, {}).get(level, {})
        return found

    crossed, natural = other("dev_cross_fitted"), other("dev_cross_fitted_natural")
    baselines = metrics["baselines"].get(label, {}).get(level, {})
    return [
        title(label),
        *_headline(figures[level]),
        _interval(crossed["f1"], crossed.get("f1_interval")) if crossed else "",
        _optional(natural.get("f1")),
        _optional(figures.get("paragraph", {}).get("f1")),
        _optional(figures.get("span", {}).get("f1")),
        _optional(baselines.get("tfidf", {}).get("f1")),
        _optional(baselines.get("all_positive", {}).get("f1")),
    ]


def _headline(figures: dict[str, Any]) -> list[str]:
    return [
        _interval(figures["f1"], figures.get("f1_interval")),
        f"{figures['precision']:.2f} / {figures['recall']:.2f}",
        f"{figures['average_precision']:.2f}",
        str(figures["support"]),
    ]


def _voice(metrics: dict[str, Any]) -> str:
    voice, crossed, baseline = metrics["dev"]["voice"], metrics.get("dev_cross_fitted", {}).get("voice"), metrics["baselines"]["voice"]
    cross_fitted = f"cross-fitted {_interval(crossed['accuracy'], crossed.get('interval'))}" if crossed else "not cross-fitted"
    text = f"""Voice inside gold spans: accuracy {_interval(voice["accuracy"], voice.get("interval"))} over {voice["support"]} spans,
{cross_fitted}; the larger class alone gives
{_optional(baseline.get("majority_accuracy"))}, TF-IDF of the sentence {_optional(baseline.get("tfidf_accuracy"))}."""
    if "target" not in metrics:
        return text
    target = metrics["target"]
    return f"""{text} Blamed target inside gold blame spans: partial-overlap F1 {_interval(target["f1"], target.get("f1_interval"))}
(precision {target["precision"]:.2f}, recall {target["recall"]:.2f})."""


def _table(head: str, rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {head} |", "|" + "---|" * len(head.split("|")), *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines)


def _calibration(metrics: dict[str, Any]) -> str:
    rows = []
    for label, fitted in metrics["calibration"]["labels"].items():
        dev, crossed = (metrics[part]["labels"].get(label, {}).get("paragraph", {}).get("ece") for part in ("dev", "dev_cross_fitted"))
        tfidf = metrics["baselines"].get(label, {}).get("paragraph", {}).get("tfidf", {}).get("ece")
        rows.append(
            [
                title(label),
                f"{fitted['sentence']['temperature']:.2f}",
                f"{fitted['sentence_threshold']:.2f}",
                f"{fitted['paragraph']['temperature']:.2f}",
                f"{fitted['paragraph_threshold']:.2f}",
                f"{fitted['token_cut']:+.2f} / {fitted['gap']} / {fitted['shortest']}"
                + ("" if fitted.get("span_threshold") is None else f" (from {fitted['span_threshold']:.2f})"),
                *(_optional(error, 3) for error in (dev, crossed, tfidf)),
            ]
        )
    voice, threshold = metrics["calibration"]["voice"]["temperature"], metrics["calibration"]["voice_threshold"]
    scales = "sentence temperature | threshold | paragraph temperature | threshold"
    head = f"label | {scales} | cut / gap / shortest | ECE | cross-fitted | TF-IDF"
    return f"""## Calibration
A logistic scale (temperature and bias) and a threshold per label and level, fitted on dev; thresholds of rare labels shrink towards
a shared one. A finding is cut from tokens over the logit «cut», gaps of up to «gap» words closed, left out under «shortest» words beside
longer ones; where a threshold stands beside it, spans are cut from sentences over that one.
The voice has its own: temperature {voice:.2f}, threshold {threshold:.2f} for «reported».
Expected calibration error (ECE) is at paragraph level, ten bins; the last column is TF-IDF's.

{_table(head, rows)}

![Stated probability against observed share, paragraph level, cross-fitted dev]({PLOT})"""


def _limits(config: TrainConfig) -> str:
    if "devices" not in config.vocabularies:
        return f"""## Limits
- Trained on {", ".join(c.name for c in config.corpora)}: other topics, genres and languages were not measured.
- Dev figures; labels with little support have wide intervals."""
    return """## Limits
- A mark says «look at this wording», never «this is false» and never «this is bad».
- English news, opinion and official speech, most of it on the war against Ukraine, climate and American politics. Other topics
  and genres were not measured; other languages will give noise.
- Dev figures, from labels of one annotator model with itself as the only check on agreement. The test split has not been read.
- Bloc rhetoric and unsourced claims are rare: their figures rest on few articles, as the intervals show.
- Whether a claim is sourced can depend on the paragraph before; the model reads one paragraph at a time.
- Irony, quotation without quotation marks, and speeches printed without a speaker's name confuse the voice."""


def _interval(value: float, bounds: Sequence[float] | None) -> str:
    return f"{value:.2f} [{bounds[0]:.2f}, {bounds[1]:.2f}]" if bounds else f"{value:.2f}"


def _optional(value: float | None, decimals: int = 2) -> str:
    return "" if value is None else f"{value:.{decimals}f}"


def plot_calibration(path: Path, crossed: Sequence[Calibrated], bins: int = measure.ECE_BINS) -> None:
    """Draw a reliability diagram of each label at paragraph level, at most `PLOTTED` of them, those with most positives."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    items = {label: paragraph_items(crossed, index) for index, label in enumerate(crossed[0].prediction.labels)}
    shown = sorted(items, key=lambda label: -int(items[label].gold.sum()))[:PLOTTED]
    figure = Figure(figsize=(9.6, 3.2), layout="constrained")
    FigureCanvasAgg(figure)
    for label, axes in zip((x for x in items if x in shown), figure.subplots(1, len(shown), sharey=True, squeeze=False)[0], strict=True):
        stated, gold = items[label].probabilities, items[label].gold
        bin_of = np.minimum((stated * bins).astype(int), bins - 1)
        filled = [b for b in range(bins) if (bin_of == b).any()]
        axes.plot([0, 1], [0, 1], color="#999999", linewidth=0.8)
        axes.scatter(
            [stated[bin_of == b].mean() for b in filled],
            [gold[bin_of == b].mean() for b in filled],
            s=[12 + 2 * np.sqrt((bin_of == b).sum()) ** 1.5 for b in filled],
            color=next((device.colour for device in DEVICES if device.name == label), "#4a6fa5"),
        )
        error = measure.expected_calibration_error(stated, gold, bins)
        axes.set(title=f"{title(label)}\nECE {error:.3f}", xlabel="stated", xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
        axes.set(aspect="equal", xticks=[0.0, 0.5, 1.0], yticks=[0.0, 0.5, 1.0])
    figure.axes[0].set_ylabel("observed")
    figure.savefig(path, dpi=110, metadata={"Software": None})

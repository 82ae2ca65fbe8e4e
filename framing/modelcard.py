"""Writes the card of a trained model: what it was trained on, how well it does on dev, how far its probabilities hold, its limits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from framing import metrics as measure
from framing.config import TrainConfig
from framing.evaluation import Calibrated
from framing.taxonomy import DEVICES

PLOT: Final = "calibration.png"
_CORPORA: Final = {
    "devices": "span annotations made for this project over third parties' paragraphs, published as offsets",
    "originals": "articles written and annotated for this project (CC0)",
}


def write_card(folder: Path, config: TrainConfig, metrics: dict[str, Any], crossed: Sequence[Calibrated]) -> None:
    """Write README.md and the calibration plot beside the weights; `crossed` are cross-fitted dev predictions."""
    plot_calibration(folder / PLOT, crossed)
    sections = [_head(config), _data(config, metrics), _figures(metrics), _calibration(metrics), _limits()]
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

Marks the wording in an English news text that frames rather than informs: {", ".join(d.title.lower() for d in DEVICES)}; for each
span the voice (the outlet's own, or reported speech) and for blame the target. One linear layer over the tokens of
`{Path(encoder).name if Path(encoder).exists() else encoder}`; sentence and paragraph scores are a smooth maximum of the token logits.

```python
from framing import Screener
screening = Screener.load("PATH/TO/THIS/FOLDER").screen(text)
```

`AutoModel.from_pretrained` loads the folder too, after `import framing.model`. `training.yaml` holds the resolved configuration,
`metrics.json` every figure below and more."""


def _data(config: TrainConfig, metrics: dict[str, Any]) -> str:
    train, dev = metrics["train"], metrics["dev_extent"]
    corpora = "\n".join(f"- `{c.name}`: {_CORPORA.get(c.name, 'see its card')}" for c in config.corpora)
    sources = "\n".join(
        f"| {source} | {count} | {dev['paragraphs_by_source'].get(source, 0)} |"
        for source, count in train["paragraphs_by_source"].items()
    )
    return f"""## Data
{corpora}

Labels were made by careful reading with a large language model as the annotator, under a written codebook; they are **not human
judgements**. No keyword rule made them. Articles are never cut by a split. Split `{config.splits}`, data fingerprint
`{metrics["data_fingerprint"]}`, seed {config.seed}.

- Train: {_extent(train)}
- Dev (`{config.calibrate_on}`): {_extent(dev)}

| source | train paragraphs | dev paragraphs |
|---|---|---|
{sources}"""


def _extent(part: dict[str, Any]) -> str:
    return f"{part['paragraphs']} paragraphs, {part['articles']} articles, {part['spans']} spans"


def _figures(metrics: dict[str, Any]) -> str:
    rows = []
    for device in DEVICES:
        dev = metrics["dev"]["devices"][device.name]
        crossed = metrics["dev_cross_fitted"]["devices"][device.name]
        natural = metrics["dev_cross_fitted_natural"]["devices"][device.name]
        baseline = metrics["baselines"][device.name]
        sentence = dev["sentence"]
        rows.append(
            f"| {device.title} | {_interval(sentence['f1'], sentence['f1_interval'])} | {sentence['precision']:.2f} / "
            f"{sentence['recall']:.2f} | {sentence['average_precision']:.2f} | {sentence['support']} | "
            f"{_interval(crossed['sentence']['f1'], crossed['sentence']['f1_interval'])} | {natural['sentence']['f1']:.2f} | "
            f"{dev['paragraph']['f1']:.2f} | {dev['span']['f1']:.2f} | {baseline['tfidf_f1']:.2f} | {baseline['all_positive_f1']:.2f} |"
        )
    voice, crossed_voice = metrics["dev"]["voice"], metrics["dev_cross_fitted"]["voice"]
    target, voice_baseline = metrics["target"], metrics["baselines"]["voice"]
    majority, tfidf = _optional(voice_baseline.get("majority_accuracy")), _optional(voice_baseline.get("tfidf_accuracy"))
    return f"""## Figures on dev
Sentence level unless said otherwise. Brackets: 95 % bootstrap intervals, resampling whole articles. Thresholds were fitted on this very
dev split; «cross-fitted» fits them on four fifths of the dev articles and measures on the rest, which is what new text can expect.
«natural» leaves out paragraphs that were picked because they looked likely to hold bloc rhetoric. Span F1 is the partial-overlap
measure of SemEval-2020 task 11. Two baselines stand beside: TF-IDF with logistic regression (thresholds fitted on dev too), all-positive.

| device | F1 | P / R | AP | support | F1 cross-fitted | natural | paragraph F1 | span F1 | TF-IDF F1 | all-positive F1 |
|---|---|---|---|---|---|---|---|---|---|---|
{chr(10).join(rows)}

Voice inside gold spans: accuracy {_interval(voice["accuracy"], voice.get("interval"))} over {voice["support"]} spans, cross-fitted
{_interval(crossed_voice["accuracy"], crossed_voice.get("interval"))}; the larger class alone gives {majority}, TF-IDF of the
sentence {tfidf}. Blamed target inside gold blame spans: partial-overlap F1 {target["f1"]:.2f}
(precision {target["precision"]:.2f}, recall {target["recall"]:.2f})."""


def _calibration(metrics: dict[str, Any]) -> str:
    calibration = metrics["calibration"]
    rows = []
    for device in DEVICES:
        fitted = calibration["devices"][device.name]
        dev, crossed = (metrics[part]["devices"][device.name]["paragraph"]["ece"] for part in ("dev", "dev_cross_fitted"))
        tfidf = metrics["baselines"][device.name]["tfidf_ece"]
        rows.append(
            f"| {device.title} | {fitted['sentence']['temperature']:.2f} | {fitted['sentence_threshold']:.2f} | "
            f"{fitted['paragraph']['temperature']:.2f} | {fitted['paragraph_threshold']:.2f} | "
            f"{fitted['token_cut']:+.2f} / {fitted['gap']} / {fitted['shortest']} | "
            f"{dev:.3f} | {crossed:.3f} | {tfidf:.3f} |"
        )
    voice, threshold = calibration["voice"]["temperature"], calibration["voice_threshold"]
    return f"""## Calibration
A logistic scale (temperature and bias) and a threshold per device and level, fitted on dev; thresholds of rare devices shrink towards
a shared one. A finding is cut from tokens over the logit «cut», gaps of up to «gap» words closed, left out under «shortest» words beside
longer ones. The voice has its own: temperature {voice:.2f}, threshold {threshold:.2f} for «reported».
Expected calibration error (ECE) is at paragraph level, ten bins; the last column is TF-IDF's.

| device | sentence temperature | threshold | paragraph temperature | threshold | cut / gap / shortest | ECE | cross-fitted | TF-IDF ECE |
|---|---|---|---|---|---|---|---|---|
{chr(10).join(rows)}

![Stated probability against observed share, paragraph level, cross-fitted dev]({PLOT})"""


def _limits() -> str:
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


def _optional(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.2f}"


def plot_calibration(path: Path, crossed: Sequence[Calibrated], bins: int = measure.ECE_BINS) -> None:
    """Draw a reliability diagram per device at paragraph level; a dot's area grows with the paragraphs in its bin."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.6, 3.2), layout="constrained")
    FigureCanvasAgg(figure)
    for index, (device, axes) in enumerate(zip(DEVICES, figure.subplots(1, len(DEVICES), sharey=True), strict=True)):
        scales = [c.calibration.devices[index].paragraph for c in crossed]
        stated = np.array([float(s.probability(c.prediction.paragraph_logits[0, index])) for s, c in zip(scales, crossed, strict=True)])
        gold = np.array([bool(c.prediction.gold_sentences[:, index].any()) for c in crossed])
        bin_of = np.minimum((stated * bins).astype(int), bins - 1)
        filled = [b for b in range(bins) if (bin_of == b).any()]
        axes.plot([0, 1], [0, 1], color="#999999", linewidth=0.8)
        axes.scatter(
            [stated[bin_of == b].mean() for b in filled],
            [gold[bin_of == b].mean() for b in filled],
            s=[12 + 2 * np.sqrt((bin_of == b).sum()) ** 1.5 for b in filled],
            color=device.colour,
        )
        error = measure.expected_calibration_error(stated, gold, bins)
        axes.set(title=f"{device.title}\nECE {error:.3f}", xlabel="stated", xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
        axes.set(aspect="equal", xticks=[0.0, 0.5, 1.0], yticks=[0.0, 0.5, 1.0])
    figure.axes[0].set_ylabel("observed")
    figure.savefig(path, dpi=110, metadata={"Software": None})

"""`framing export`: a model folder in, the files of a fast engine out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from framing.backends.choice import AUTO
from framing.engines import export_engine
from framing.errors import ConfigError


def export(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="Model folder, for example models/framing-small.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="A new folder for the engine's files.")],
    engine: Annotated[str, typer.Option(help="openvino, the only engine with files of its own.")] = "openvino",
    precision: Annotated[str, typer.Option(help="int8, bfloat16, float32, or auto: the fastest that keeps the scores.")] = AUTO,
    corpus: Annotated[str | None, typer.Option(help="Check on this labelled corpus too; its dev split counts.")] = None,
    path: Annotated[Path | None, typer.Option(help="Where that corpus lies.")] = None,
    splits: Annotated[Path | None, typer.Option(help="A split file; without it the project's.")] = None,
) -> None:
    """Build a model for a fast engine on this processor, and hold its scores against torch in float32.

    A precision is refused, with exit code 2, when the scores of sentences differ by more than 0.01 on average, or when the F1 of a label
    falls by more than half a point, on the dev part of our own articles and of --corpus. DIR gets the engine's files and engine.json
    with the figures. 'framing screen' and the others build what they need by themselves, in the cache folder ($FRAMING_CACHE).

    Example: framing export models/framing-small -o engines/small --precision int8
    """
    if output.exists():
        raise ConfigError(f"'{output}' exists and is not overwritten; name a new folder, or delete it")
    if engine != "openvino":
        raise ConfigError(f"found engine '{engine}'; expected openvino: torch runs the model folder as it is")
    if (corpus is None) != (path is None):
        raise ConfigError("found one of --corpus and --path; expected both or neither")
    extra = _dev(corpus, path, splits) if corpus is not None and path is not None else []
    manifest, refused = export_engine(model, precision, output, extra)
    for reason in refused:
        typer.echo(f"framing: {reason}", err=True)
    typer.echo(_summary(manifest, output))


def _dev(corpus: str, path: Path, splits: Path | None) -> list[Any]:
    from framing.measurement import load_split

    return load_split(corpus, path, "dev", splits).examples


def _summary(manifest: dict[str, Any], output: Path) -> str:
    lines = [f"{manifest['engine']} {manifest['engine_version']}, {manifest['precision']}, of {manifest['model']} in {output}"]
    for name, parity in manifest["parity"].items():
        lines.append(
            f"{name}: {parity['sentences']} sentences, scores differ by {parity['mean_difference']:.4f} on average, "
            f"{parity['largest_difference']:.3f} at most"
        )
        lines += [
            f"  {label:20} sentence F1 {100 * f1['reference']:.1f} before, {100 * f1['engine']:.1f} after ({f1['positives']} positives)"
            for label, f1 in parity["labels"].items()
        ]
    return "\n".join(lines)

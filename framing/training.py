"""Fine-tunes a FramingModel on transformers' Trainer and leaves a folder that `from_pretrained` loads."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import torch
import yaml
from tokenizers import Tokenizer
from transformers import EarlyStoppingCallback, Trainer, TrainingArguments, set_seed
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR

from framing.backends.batching import SpecialTokens
from framing.backends.torch_engine import article_predictor, torch_predictor
from framing.beginnings import has_beginning, refuse_other_beginning, write_beginning
from framing.building import build
from framing.config import TrainConfig
from framing.corpora.base import Example
from framing.errors import ConfigError
from framing.evaluation import quick_figures
from framing.model import FramingModel
from framing.prediction import ArticlePrediction, Prediction, predict_articles, predict_examples
from framing.training_data import SplitData
from framing.training_rows import Collator, RowDataset

BEST_METRIC = "average_precision"
CHECKPOINTS = "checkpoints"
SETTINGS = "training.yaml"


class FramingTrainer(Trainer):
    """The Trainer with our optimiser groups, and with dev figures computed on whole paragraphs instead of batches."""

    def __init__(self, config: TrainConfig, tokenizer: Any, dev: Sequence[Example], **arguments: Any) -> None:
        """`arguments` go to `transformers.Trainer`."""
        super().__init__(**arguments)
        self.framing_model: FramingModel = arguments["model"]
        self.settings, self.tokenizer, self.dev = config.training, tokenizer, dev
        self.special = special_tokens(tokenizer, self.framing_model)
        # The model takes further arguments but ignores the count of items that the Trainer would pass in them: its loss is
        # a mean already, and the Trainer has to divide it by the number of accumulated batches.
        self.model_accepts_loss_kwargs = False

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        """AdamW; learning rates fall by `layer_decay` from the top layer down, vectors (biases, norms) take no weight decay."""
        if self.optimizer is None:
            self.optimizer = torch.optim.AdamW(parameter_groups(self.framing_model, self.settings))
        return self.optimizer

    def evaluate(self, *_: Any, metric_key_prefix: str = "eval", **__: Any) -> dict[str, float]:
        """Threshold-free dev figures, logged and handed to early stopping."""
        lowered = torch.bfloat16 if use_bfloat16(self.settings.precision) else None
        model, tokenizer = self.framing_model, self.tokenizer.backend_tokenizer
        figures = quick_figures(*predict(model, tokenizer, self.special, self.dev, lowered))
        metrics = {f"{metric_key_prefix}_{name}": value for name, value in figures.items()}
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics


def use_bfloat16(precision: str) -> bool:
    """Whether to train in bfloat16: as told, or for 'auto' where the processor multiplies it faster than float32."""
    if precision != "auto":
        return precision == "bfloat16"
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    # Older releases of torch do not tell; float32 is right everywhere.
    capabilities: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def special_tokens(tokenizer: Any, model: FramingModel) -> SpecialTokens:
    """The tokens around and behind a text, for a tokenizer of transformers."""
    return SpecialTokens.of(tokenizer.backend_tokenizer, model.encoder.config.pad_token_id)


def predict(
    model: FramingModel, tokenizer: Tokenizer, special: SpecialTokens, examples: Sequence[Example], lowered: torch.dtype | None = None
) -> tuple[list[Prediction], list[ArticlePrediction]]:
    """What the model gives for examples and for their articles; `lowered` is a precision for matrix products."""
    config = model.config
    paragraphs, articles = [], []
    if config.channels:
        predictor = torch_predictor(model, special, lowered)
        paragraphs = predict_examples(tokenizer, predictor, config.sharpness, examples, config.channels)
    if config.article_labels:
        articles = predict_articles(tokenizer, article_predictor(model, special, lowered), examples, config.article_labels)
    return paragraphs, articles


def parameter_groups(model: FramingModel, settings: Any) -> list[dict[str, Any]]:
    """Parameters by learning rate and weight decay."""
    depth = model.encoder.config.num_hidden_layers
    groups: dict[tuple[float, float], list[torch.nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        layer = _layer(name)
        below_top = depth if layer is None else depth - 1 - layer
        rate = settings.learning_rate * settings.layer_decay**below_top
        if name.startswith(("classifier.", "article_classifier.")):
            rate = settings.head_learning_rate
        groups.setdefault((rate, settings.weight_decay if parameter.ndim > 1 else 0.0), []).append(parameter)
    return [{"params": members, "lr": rate, "weight_decay": decay} for (rate, decay), members in groups.items()]


def train(config: TrainConfig, data: SplitData, resume: bool = False) -> tuple[FramingModel, Any, dict[str, Any]]:
    """Train on `data`; returns the best model on its dev part in float32, the tokenizer and the log of dev figures.

    Checkpoints go to `output/checkpoints` after each epoch; `resume` goes on from the last one.

    Raises:
        ConfigError: there are checkpoints and `resume` is not asked for, or none and it is; or those there are of another configuration
            or of other data, which the message names.
    """
    checkpoints = Path(config.output) / CHECKPOINTS
    if last_checkpoint(checkpoints):
        if not resume:
            raise ConfigError(f"{checkpoints} holds an unfinished run; go on with --resume, choose output=FOLDER, or delete it")
        refuse_other_beginning(checkpoints, config, data.data_fingerprint)
    # Adam's second moments sink into denormals, which the CPU handles a hundred times slower.
    torch.set_flush_denormal(True)
    try:
        return _train(config, data, checkpoints, resume)
    finally:
        # The setting is the whole process's, and others count on denormals.
        torch.set_flush_denormal(False)


def _train(
    config: TrainConfig, data: SplitData, checkpoints: Path, resume: bool
) -> tuple[FramingModel, Any, dict[str, Any]]:
    set_seed(config.seed)
    model, tokenizer = build(config)
    _freeze(model, config)
    size, overlap = config.model.window, config.model.overlap
    rows = RowDataset(tokenizer.backend_tokenizer, data.train, size, overlap, config.channels, config.article_labels)
    model.start_from_rates(rows.positive_rates(), rows.article_rates())
    trainer = FramingTrainer(
        config,
        tokenizer,
        data.dev,
        model=model,
        args=_arguments(config),
        train_dataset=rows,
        eval_dataset=data.dev,
        data_collator=Collator(special_tokens(tokenizer, model)),
        callbacks=[EarlyStoppingCallback(config.training.patience)],
    )
    last = str(last_checkpoint(checkpoints) or "") if resume else None
    if last == "":
        raise ConfigError(f"no checkpoint in {checkpoints}, so nothing to resume; start the run without --resume")
    if not resume and trainer.is_world_process_zero():
        write_beginning(checkpoints, config, data.data_fingerprint)
    if last:
        _find_best_here(Path(last))
    # The Trainer's progress bar writes its figures to stdout, which is for results.
    with redirect_stdout(sys.stderr):
        trainer.train(resume_from_checkpoint=last)
    history = [entry for entry in trainer.state.log_history if f"eval_{BEST_METRIC}" in entry]
    return model, tokenizer, {"history": history, "best_checkpoint": trainer.state.best_model_checkpoint}


def _find_best_here(last: Path) -> None:
    """Have the state of a run name its best checkpoint where it lies now: the folder may have moved, or be named from elsewhere."""
    file = last / "trainer_state.json"
    state = json.loads(file.read_text(encoding="utf-8"))
    best = last.parent / f"{PREFIX_CHECKPOINT_DIR}-{state.get('best_global_step')}"
    if best.is_dir():
        file.write_text(json.dumps(state | {"best_model_checkpoint": str(best)}, indent=2) + "\n", encoding="utf-8")


def resumption_warnings(config: TrainConfig) -> list[str]:
    """What a reader should know of a run that goes on from a checkpoint."""
    checkpoints = Path(config.output) / CHECKPOINTS
    if last_checkpoint(checkpoints) is None or has_beginning(checkpoints):
        return []
    return [f"{checkpoints}: an earlier release of framing began this run and did not write with what settings, which are not compared"]


def last_checkpoint(checkpoints: Path) -> Path | None:
    """The newest whole checkpoint: the Trainer writes a checkpoint's state last, so that one cut off while it was written has none."""
    whole = [state.parent for state in checkpoints.glob("checkpoint-*/trainer_state.json")]
    return max(whole, key=lambda folder: int(folder.name.rpartition("-")[2]), default=None)


def _freeze(model: FramingModel, config: TrainConfig) -> None:
    settings = config.training
    if settings.freeze_embeddings:
        model.encoder.get_input_embeddings().weight.requires_grad_(False)
    depth = model.encoder.config.num_hidden_layers
    if settings.freeze_layers >= depth:
        raise ConfigError(f"key 'training.freeze_layers': {settings.freeze_layers} leaves none of the encoder's {depth} layers to train")
    for name, parameter in model.encoder.named_parameters():
        layer = _layer(name)
        if layer is not None and layer < settings.freeze_layers:
            parameter.requires_grad_(False)


def _layer(parameter: str) -> int | None:
    """Number of the encoder layer that a parameter belongs to, from the bottom."""
    match = re.search(r"\blayers?\.(\d+)\.", parameter)
    return int(match[1]) if match else None


def _arguments(config: TrainConfig) -> TrainingArguments:
    settings = config.training
    arguments = TrainingArguments(
        output_dir=str(Path(config.output) / CHECKPOINTS),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        gradient_accumulation_steps=settings.gradient_accumulation,
        learning_rate=settings.learning_rate,
        warmup_steps=settings.warmup,
        bf16=use_bfloat16(settings.precision),
        # The Trainer refuses bfloat16 on a processor that it was not told to use.
        use_cpu=not (torch.cuda.is_available() or torch.backends.mps.is_available()),
        seed=config.seed,
        data_seed=config.seed,
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=2,
        load_best_model_at_end=True,
        # Early stopping goes on counting where it was.
        restore_callback_states_from_checkpoint=True,
        metric_for_best_model=f"eval_{BEST_METRIC}",
        greater_is_better=True,
        logging_steps=50,
        train_sampling_strategy="group_by_length",
        remove_unused_columns=False,
        dataloader_pin_memory=torch.cuda.is_available(),
        report_to="none",
    )
    # One process would cut a batch for several GPUs between the windows of an article; torchrun gives each its own batches.
    arguments._n_gpu = min(arguments.n_gpu, 1)
    return arguments


def save(model: FramingModel, tokenizer: Any, folder: Path, config: TrainConfig) -> None:
    """Write the model in bfloat16 with its tokenizer and the resolved configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.nn.Module.to(model, torch.bfloat16)
    model.config.run_name, model.config.revision = config.name, weights_revision(model)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / SETTINGS).write_text(yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False), encoding="utf-8")


def weights_revision(model: FramingModel) -> str:
    """Twelve hexadecimal digits that name these very weights."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()[:12]

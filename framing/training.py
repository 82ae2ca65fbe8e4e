"""Fine-tunes a FramingModel on transformers' Trainer and leaves a folder that `from_pretrained` loads."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import yaml
from transformers import (
    AutoConfig,
    AutoModel,
    AutoTokenizer,
    BertConfig,
    BertModel,
    EarlyStoppingCallback,
    PreTrainedModel,
    Trainer,
    TrainingArguments,
    set_seed,
)
from transformers.trainer_utils import get_last_checkpoint

from framing.backends.batching import SpecialTokens
from framing.backends.torch_engine import torch_predictor
from framing.config import RandomEncoderConfig, TrainConfig
from framing.corpora.base import Example
from framing.encoding import (
    whole_text_tokenizer,
)
from framing.errors import ConfigError
from framing.evaluation import predict_examples, quick_figures
from framing.model import FramingConfig, FramingModel
from framing.training_rows import Collator, SplitData, WindowDataset, load_split_data

BEST_METRIC = "sentence_ap"
CHECKPOINTS = "checkpoints"


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
        predictions = predict_examples(tokenizer, torch_predictor(model, self.special, lowered), model.config.sharpness, self.dev)
        figures = quick_figures(predictions)
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


def parameter_groups(model: FramingModel, settings: Any) -> list[dict[str, Any]]:
    """Parameters by learning rate and weight decay."""
    depth = model.encoder.config.num_hidden_layers
    groups: dict[tuple[float, float], list[torch.nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        layer = re.search(r"\blayers?\.(\d+)\.", name)
        below_top = depth - 1 - int(layer[1]) if layer else depth
        rate = settings.learning_rate * settings.layer_decay**below_top
        if name.startswith("classifier."):
            rate = settings.head_learning_rate
        groups.setdefault((rate, settings.weight_decay if parameter.ndim > 1 else 0.0), []).append(parameter)
    return [{"params": members, "lr": rate, "weight_decay": decay} for (rate, decay), members in groups.items()]


def build(config: TrainConfig) -> tuple[FramingModel, Any]:
    """The untrained model and its tokenizer; raises ConfigError when the encoder cannot be loaded."""
    source = config.encoder.tokenizer if isinstance(config.encoder, RandomEncoderConfig) else config.encoder
    try:
        tokenizer = AutoTokenizer.from_pretrained(source)
        encoder = _encoder(config, len(tokenizer))
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"encoder '{source}' cannot be loaded ({str(error).splitlines()[0]}); give a folder with a transformers model, "
            f"encoder=PATH, or a hub name on a machine that reaches the hub"
        ) from error
    whole_text_tokenizer(tokenizer.backend_tokenizer)
    settings = config.model.model_dump()
    limit = encoder.config.max_position_embeddings - 2
    if settings["window"] > limit:
        raise ConfigError(f"key 'model.window': {settings['window']} is more than the {limit} tokens that '{source}' reads at once")
    return FramingModel.from_encoder(encoder, **settings), tokenizer


def _encoder(config: TrainConfig, vocabulary: int) -> PreTrainedModel:
    if isinstance(config.encoder, RandomEncoderConfig):
        shape = config.encoder.model_dump(exclude={"tokenizer"})
        random: PreTrainedModel = BertModel(BertConfig(vocab_size=vocabulary, **shape), add_pooling_layer=False)
        return random
    settings = AutoConfig.from_pretrained(config.encoder)
    # The shipped model can be the start of a new run: its encoder is taken, its token layer is not.
    if isinstance(settings, FramingConfig):
        settings.encoder["attention_probs_dropout_prob"] = config.training.attention_dropout
    elif hasattr(settings, "attention_probs_dropout_prob"):
        settings.attention_probs_dropout_prob = config.training.attention_dropout
    loaded = AutoModel.from_pretrained(
        config.encoder, config=settings, dtype=torch.float32, attn_implementation=config.training.attention
    )
    return loaded.encoder if isinstance(loaded, FramingModel) else loaded


def train(config: TrainConfig, resume: bool = False) -> tuple[FramingModel, Any, SplitData, dict[str, Any]]:
    """Train; returns the best model on dev in float32, its tokenizer, the data and the log of dev figures.

    Checkpoints go to `output/checkpoints` after each epoch; `resume` goes on from the last one.
    """
    checkpoints = Path(config.output) / CHECKPOINTS
    if checkpoints.is_dir() and not resume:
        raise ConfigError(f"{checkpoints} holds an unfinished run; go on with --resume, choose output=FOLDER, or delete it")
    # Adam's second moments sink into denormals, which the CPU handles a hundred times slower.
    torch.set_flush_denormal(True)
    try:
        return _train(config, checkpoints, resume)
    finally:
        # The setting is the whole process's, and others count on denormals.
        torch.set_flush_denormal(False)


def _train(config: TrainConfig, checkpoints: Path, resume: bool) -> tuple[FramingModel, Any, SplitData, dict[str, Any]]:
    set_seed(config.seed)
    data = load_split_data(config)
    model, tokenizer = build(config)
    if config.training.freeze_embeddings:
        model.encoder.get_input_embeddings().weight.requires_grad_(False)
    rows = WindowDataset(tokenizer.backend_tokenizer, data.train, config.model.window, config.model.overlap)
    model.start_from_rates(rows.positive_rates())
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
    last = get_last_checkpoint(str(checkpoints)) if resume and checkpoints.is_dir() else None
    if resume and last is None:
        raise ConfigError(f"no checkpoint in {checkpoints}, so nothing to resume; start the run without --resume")
    trainer.train(resume_from_checkpoint=last)
    history = [entry for entry in trainer.state.log_history if f"eval_{BEST_METRIC}" in entry]
    return model, tokenizer, data, {"history": history, "best_checkpoint": trainer.state.best_model_checkpoint}


def _arguments(config: TrainConfig) -> TrainingArguments:
    settings = config.training
    return TrainingArguments(
        output_dir=str(Path(config.output) / CHECKPOINTS),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        gradient_accumulation_steps=settings.gradient_accumulation,
        learning_rate=settings.learning_rate,
        warmup_steps=settings.warmup,
        bf16=use_bfloat16(settings.precision),
        seed=config.seed,
        data_seed=config.seed,
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=2,
        load_best_model_at_end=True,
        metric_for_best_model=f"eval_{BEST_METRIC}",
        greater_is_better=True,
        logging_steps=50,
        train_sampling_strategy="group_by_length",
        remove_unused_columns=False,
        dataloader_pin_memory=torch.cuda.is_available(),
        report_to="none",
    )


def save(model: FramingModel, tokenizer: Any, folder: Path, config: TrainConfig, metrics: dict[str, Any]) -> None:
    """Write the model in bfloat16 with its tokenizer, the resolved configuration and the metrics."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.nn.Module.to(model, torch.bfloat16)
    model.config.run_name, model.config.revision = config.name, weights_revision(model)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / "training.yaml").write_text(yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False), encoding="utf-8")
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")



def weights_revision(model: FramingModel) -> str:
    """Twelve hexadecimal digits that name these very weights."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()[:12]

"""Which encoders the program's own engines can run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_EXPECTED: Final = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute", "is_decoder": False}


def is_plain_bert(encoder: Mapping[str, Any]) -> bool:
    """Whether an encoder's configuration is that of a plain BERT."""
    return encoder.get("model_type") == "bert" and all(encoder.get(key, value) == value for key, value in _EXPECTED.items())

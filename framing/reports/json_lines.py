"""Writes a screening as one line of JSON; `screening.schema.json` beside this file describes it."""

from __future__ import annotations

import json
import re
from typing import Final

from framing.errors import ModelError
from framing.reports.view import View
from framing.screening import Screening

# UTF-8 cannot hold lone surrogates, and some readers of lines also break at the other three.
_ESCAPED: Final = re.compile("[\x85\u2028\u2029\ud800-\udfff]")


def render_json(screening: Screening, view: View | None = None) -> str:
    """`screening` as one line of JSON, without a line end, that can always be written as UTF-8; with `view`, how it came to be that.

    Raises ModelError when a score is not a number, which JSON cannot say and no reader expects.
    """
    try:
        line = json.dumps(screening.to_dict() | ({"view": view.to_dict()} if view else {}), ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        raise ModelError(
            f"model '{screening.model}' gave a score that is not a finite number for '{screening.source}'; expected 0 to 1; "
            "its weights or calibration are damaged: fetch the model folder again, or train it again"
        ) from error
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", line)

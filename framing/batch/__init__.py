"""Scores any number of articles in flat memory: tables and documents in, results in the same order out, resumable.

`score_file` gives the rows of one file one by one; `framing score` runs the same code over many files into one output.
"""

from __future__ import annotations

from framing.batch.rows import RejectedRow, ScoredRow
from framing.batch.scoring import score_file
from framing.batch.settings import Columns, Settings, config_hash

__all__ = ["Columns", "RejectedRow", "ScoredRow", "Settings", "config_hash", "score_file"]

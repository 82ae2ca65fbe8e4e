"""The same scoring on Ray: a pool of workers with one model each, over a dataset or over files.

`score_dataset` maps a `ray.data.Dataset`; `score_files` writes shards into a folder, and a rerun goes on where it was stopped.
"""

from __future__ import annotations

from framing.scale.cluster import connected
from framing.scale.dataset import accepted, rejected, score_dataset
from framing.scale.files import score_files

__all__ = ["accepted", "connected", "rejected", "score_dataset", "score_files"]

"""Where the data lies that comes with the package: inside it when installed, beside it in a checkout."""

from __future__ import annotations

from pathlib import Path


def own_data() -> Path:
    """The folder with the project's own articles and splits; where neither place has it, the one inside the package."""
    package = Path(__file__).resolve().parent
    return next((place for place in (package / "data", package.parent / "data") if (place / "splits").is_dir()), package / "data")

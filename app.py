"""The editors' page: `python app.py` serves it, with the options of `framing app`."""

from __future__ import annotations

import sys

from framing.cli import main

if __name__ == "__main__":
    sys.argv.insert(1, "app")
    main()

"""The editors' page. `python app.py` serves it, with the options of `framing app`; `gradio app.py` reloads it while it is worked on."""

from __future__ import annotations

import sys

from framing.app import build
from framing.cli import main

if __name__ == "__main__":
    sys.argv.insert(1, "app")
    main()
else:
    demo = build()

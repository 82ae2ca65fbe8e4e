"""`python -m framing`, and with it `torchrun -m framing train …` and `accelerate launch -m framing train …`."""

from framing.cli import main

if __name__ == "__main__":
    main()

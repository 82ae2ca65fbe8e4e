"""The command line: a command for each module here."""

from __future__ import annotations

import os
import sys

import typer

from framing.cli import app as app_command
from framing.cli import compare, data, diff, distill, evaluate, export, matrix, score, screen, serve, train
from framing.errors import FramingError
from framing.version import __version__

MISUSE = 2

app = typer.Typer(
    name="framing",
    help="Find the wording in a news text that frames rather than informs. Nothing leaves this machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("app")(app_command.app)
app.command("serve")(serve.serve)
app.command("screen")(screen.screen)
app.command("score")(score.score)
app.command("diff")(diff.diff)
app.command("export")(export.export)
app.command("train")(train.train)
app.command("distill")(distill.distill)
app.command("evaluate")(evaluate.evaluate)
app.command("compare")(compare.compare)
app.command("matrix")(matrix.matrix)
app.add_typer(data.app, name="data")


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"framing {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
) -> None:
    pass


def main() -> None:
    """Run the command line: errors of ours as one message on stderr and exit code 2, a closed pipe as a quiet end."""
    try:
        app()
    except FramingError as error:
        typer.echo(f"framing: {error}", err=True)
        sys.exit(MISUSE)
    except BrokenPipeError:
        # Python would write to the closed pipe once more when it flushes stdout at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(MISUSE)

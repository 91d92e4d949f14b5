"""Write JSON Schemas of the config files, for completion and checking in an editor."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from desk.cli import _exits
from desk.cli._streams import tell
from wanglou.config.problem import advise
from wanglou.config.schema import SHEETS, schema_of

Kind = Annotated[
    str | None, typer.Argument(metavar="KIND", help=f"Print the schema of one: {', '.join(SHEETS)}.")
]
Into = Annotated[Path | None, typer.Option("--into", help="Write the schemas of all kinds into this folder.")]


def schema(kind: Kind = None, into: Into = None) -> None:
    """Print the schema of one kind of config file, or write all of them into a folder.

    An editor with a YAML language server finds a schema through the first line of a file, such as
    "# yaml-language-server: $schema=../schema/client.json".
    """
    match kind, into:
        case None, Path():
            _write_all(into)
        case str(), None if kind in SHEETS:
            sys.stdout.write(schema_of(kind))
        case str(), None:
            raise _exits.UsageError(f"no kind of file is called {kind!r}; {advise(kind, SHEETS)}")
        case _:
            raise _exits.UsageError("name one kind of file, or a folder with --into")


def _write_all(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for kind in SHEETS:
            (folder / f"{kind}.json").write_text(schema_of(kind), encoding="utf-8")
    except OSError as error:
        raise _exits.UnreadableInputError(f"cannot write schemas into {folder}: {error.strerror}") from error
    tell(f"wrote {len(SHEETS)} schemas into {folder}")


PLUGIN = schema

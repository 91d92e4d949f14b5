"""Options that several commands share, so that they read the same everywhere."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from desk.sample import SHIPPED_LIBRARY

ConfigDir = Annotated[
    Path,
    typer.Option("--config", envvar="WANGLOU_CONFIG", help="Folder of the agency's config files."),
]

DataDir = Annotated[
    Path,
    typer.Option("--data", envvar="WANGLOU_DATA", help="Folder of database, secret, models and logs."),
]

LibraryDir = Annotated[
    Path,
    typer.Option("--library", envvar="WANGLOU_LIBRARY", help="Folder of the playbooks."),
]

InputFile = Annotated[
    str,
    typer.Argument(metavar="FILE", help="Lines of JSON; - is stdin."),
]

CONFIG = Path("config")
"""Where the config folder is, if nothing else is said."""

DATA = Path("var")
"""Where the data folder is, if nothing else is said."""

LIBRARY = SHIPPED_LIBRARY
"""Where the playbooks are, if nothing else is said."""


class Language(StrEnum):
    """What sentences are said in."""

    ZH = "zh"
    EN = "en"


AN_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
"""What clients, sources and people are called in files; it may become a file's name."""

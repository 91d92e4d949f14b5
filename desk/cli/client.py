"""Begin a client's file, checked before it is kept; or let all of a client that has left go."""

import json
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from desk.cli import _exits, _options
from desk.cli._kinds import kinds_here
from desk.cli._leaving import let_go
from desk.cli._streams import tell
from desk.wiring.shared import Place
from wanglou.config.folder import examine

Aliases = Annotated[list[str] | None, typer.Option("--alias", help="Another name of the brand; repeatable.")]
LookAlikes = Annotated[
    list[str] | None, typer.Option("--look-alike", help="A longer word that is not the brand; repeatable.")
]


class Action(StrEnum):
    """What to do with a client."""

    NEW = "new"
    LEAVE = "leave"


def client(
    action: Annotated[
        Action, typer.Argument(help="new: write clients/ID.yaml; leave: let all of a client go.")
    ],
    id_: Annotated[str, typer.Argument(metavar="ID", help="a-z, 0-9 and -; it never changes.")],
    name: Annotated[str, typer.Option("--name", help="new: the client's name, as people say it.")] = "",
    brand: Annotated[
        list[str] | None, typer.Option("--brand", help="new: a brand to watch; repeatable.")
    ] = None,
    alias: Aliases = None,
    look_alike: LookAlikes = None,
    account: Annotated[str | None, typer.Option("--account", help="The account manager's id.")] = None,
    archive: Annotated[
        Path | None, typer.Option("--archive", help="leave: write everything there first, as JSON lines.")
    ] = None,
    config: _options.ConfigDir = _options.CONFIG,
    data: _options.DataDir = _options.DATA,
    library: _options.LibraryDir = _options.LIBRARY,
    *,
    close: Annotated[bool, typer.Option("--close", help="leave: end what is open.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the file, or what would go; change nothing.")
    ] = False,
) -> None:
    """Begin a client's file, or let everything of a client go that has left.

    new writes clients/ID.yaml with comments on what else it may say; restart Wanglou to watch for it. Aliases
    and look-alikes go to the first brand. A file that would not pass `wanglou check` is not kept.

    leave deletes what is stored of a client whose file is gone, while the worker is stopped; --archive FILE
    (.gz packs it) keeps a copy to hand over. The record of its incidents stays without names and words. It
    may be stopped and run again.
    """
    if action is Action.LEAVE:
        let_go(Place(config, data, library), id_, archive, close=close, dry_run=dry_run)
        return
    if not name or not brand:
        raise _exits.UsageError(f"a new client {id_} needs --name and --brand")
    text = draft(id_, name, brand, alias or (), look_alike or (), account)
    if dry_run:
        sys.stdout.write(text)
    else:
        _begin(id_, text, config, library)


def _begin(id_: str, text: str, config: Path, library: Path) -> None:
    if not _options.AN_ID.fullmatch(id_):  # it becomes a file's name
        raise _exits.UsageError(f"{id_!r} is no id; write a to z, 0 to 9 and -, such as coffee-house")
    path = config / "clients" / f"{id_}.yaml"
    _write(path, text)
    wrong = [p for p in examine(config, library, kinds_here()).problems if Path(p.file).name == path.name]
    if wrong:
        path.unlink()
        sys.stdout.writelines(f"{problem}\n" for problem in wrong)
        raise _exits.CommandError(f"{path} was not kept: put right what is named above and run it again")
    sys.stdout.write(f"{path}\n")
    tell("now try `wanglou check`, then restart Wanglou; what was collected in the last days is read anew")


def draft(
    id_: str,
    name: str,
    brands: Sequence[str],
    aliases: Sequence[str],
    look_alikes: Sequence[str],
    account: str | None,
) -> str:
    """The file's text. JSON's quoting is YAML's too, so no name can break out of its place."""
    first, *more = brands
    lines = [
        "# 客户档案。其余各项都有公司默认，见 docs/guide/config.md；改完跑 wanglou check。",
        f"client: {id_}",
        f"name: {_quoted(name)}",
        "brands:",
        f"  - name: {_quoted(first)}",
        f"    aliases: {_quoted(list(aliases))}        # 其他叫法",
        f"    look_alikes: {_quoted(list(look_alikes))}    # 含有品牌名却不是它的词",
        *(f"  - name: {_quoted(brand)}" for brand in more),
        f"team: {_quoted({'account': account} if account else {})}   # 另有 director、pr、media…",
        "# competitors: []            # 竞品，只用来比较声量",
        "# sla: {account_response: {office_hours: 30m, otherwise: 2h}}",
        '# channels: {team: "slack:#频道"}',
        "# retention: 180d",
    ]
    return "\n".join(lines) + "\n"


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise _exits.UsageError(f"{path} is there already; edit it, or choose another id") from error
    except OSError as error:
        raise _exits.UnreadableInputError(
            f"cannot write {path}: {error.strerror}; name the config folder with --config"
        ) from error


PLUGIN = client

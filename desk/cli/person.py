"""Show or erase a person's data: who wrote posts, or who worked at the desk."""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from crawlers.source import hashed_id
from desk.cli import _exits, _options
from desk.cli._leaving import scrubbed
from desk.cli._streams import tell, write_json_line
from desk.clocks import WallClock
from desk.wiring.shared import Place, read_config, storage_of
from wanglou.domain.agency import Config
from wanglou.storage import authors, users
from wanglou.storage.authors import Author
from wanglou.storage.engine import SqlStorage
from wanglou.storage.errors import StorageError
from wanglou.storage.users import User

SHOWN = 20
"""Posts that are listed before something is erased; the rest is counted."""

Names = Annotated[
    list[str] | None, typer.Option("--author", help="Who wrote: the name as shown; repeatable.")
]
Ids = Annotated[list[str] | None, typer.Option("--author-id", help="Who wrote: a platform's id; repeatable.")]
Urls = Annotated[list[str] | None, typer.Option("--url", help="A post, by its address; repeatable.")]
CalledBy = Annotated[
    list[str] | None, typer.Option("--name", help="With --user: a name in texts; repeatable.")
]


class Action(StrEnum):
    """What to do."""

    EXPORT = "export"
    ERASE = "erase"


def person(
    action: Annotated[Action, typer.Argument(help="export: show all that is stored; erase: take it out.")],
    author: Names = None,
    author_id: Ids = None,
    url: Urls = None,
    source: Annotated[str, typer.Option("--source", help="Posts of this source alone.")] = "",
    user: Annotated[str, typer.Option("--user", help="Who worked at the desk: the sign-in name.")] = "",
    name: CalledBy = None,
    config: _options.ConfigDir = _options.CONFIG,
    data: _options.DataDir = _options.DATA,
    library: _options.LibraryDir = _options.LIBRARY,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="erase: do it; without it nothing is changed.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="erase: only say what would go.")] = False,
) -> None:
    """Show or erase what is stored of a person: a post's author, or somebody of the agency.

    export writes a JSON line a row: its table and columns, as they are stored. erase says what would go
    and, with --yes, takes it out for good: an author's posts with all that hangs on them, and they do not
    come back while a source still shows them; somebody of the agency becomes a pseudonym in what stays. The
    record of incidents stays provable: what was taken out of it is itself on record.
    """
    place = Place(config, data, library)
    try:
        settings, storage = read_config(place), storage_of(place)
        wanted = _wanted(settings, author or [], author_id or [], url or [], source, user, name or [])
        if action is Action.EXPORT:
            _export(storage, wanted)
        elif yes and not dry_run:
            _erase(settings, storage, wanted)
        else:
            _foretell(settings, storage, wanted)
        storage.close()
    except StorageError as error:
        raise _exits.CommandError(str(error)) from error


def _wanted(
    config: Config,
    names: list[str],
    ids: list[str],
    urls: list[str],
    source: str,
    user: str,
    called: list[str],
) -> Author | User:
    if bool(user) == bool(names or ids or urls):
        raise _exits.UsageError("who? write --user ID, or --author, --author-id or --url of what they wrote")
    if user:
        known = config.agency.people.get(user)
        return User(user, frozenset({*called, *([known.name] if known else [])}))
    if source and source not in {*config.sources, *config.resting}:
        raise _exits.UsageError(f"there is no source {source}; the sources are {', '.join(config.sources)}")
    places = [source] if source else [*config.sources, *config.resting]
    hashed = {hashed_id(place, raw) for place in places for raw in ids}
    return Author(frozenset(names), frozenset({*ids, *hashed}), frozenset(urls), source or None)


def _export(storage: SqlStorage, wanted: Author | User) -> None:
    with storage.look() as uow:
        found = _data(uow.connection, wanted)
        rows = sum(_written(table, row) for table, row in found)
    tell(f"{rows} rows" if rows else "nothing is stored of this person")
    if not rows:
        raise typer.Exit(_exits.FINDING)


def _data(connection: Any, wanted: Author | User) -> Iterable[tuple[str, Mapping[str, Any]]]:
    if isinstance(wanted, User):
        return users.data_of(connection, wanted)
    return authors.data_of(connection, wanted)


def _written(table: str, row: Mapping[str, Any]) -> int:
    write_json_line({"table": table, **{name: _plain(value) for name, value in row.items()}})
    return 1


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _foretell(config: Config, storage: SqlStorage, wanted: Author | User) -> None:
    with storage.look() as uow:
        rows = list(_data(uow.connection, wanted))
    posts = [row for table, row in rows if table == "item"]
    for post in posts[:SHOWN]:
        words = str(post["title"] or post["text"])[:40]
        sys.stdout.write(f"post  {post['source']}  {post['author_name'] or '-'}  {post['url']}  {words}\n")
    if len(posts) > SHOWN:
        sys.stdout.write(f"post  and {len(posts) - SHOWN} more\n")
    _say(Counter(table for table, _ in rows))
    if isinstance(wanted, User) and wanted.id in config.agency.people:
        tell(f"{wanted.id} still stands in agency.yaml: remove them and restart before they are erased")
    if not rows:
        tell("nothing is stored of this person")
        raise typer.Exit(_exits.FINDING)
    tell("nothing was changed; with --yes this goes for good. Look through the posts: names are not unique")


def _say(counts: Counter[str]) -> None:
    sys.stdout.writelines(f"{table}  {n}\n" for table, n in sorted(counts.items()) if n)


def _erase(config: Config, storage: SqlStorage, wanted: Author | User) -> None:
    now = WallClock().now()
    if isinstance(wanted, User):
        if wanted.id in config.agency.people:
            raise _exits.CommandError(
                f"{wanted.id} still stands in agency.yaml and could come in again: remove the line, restart "
                f"Wanglou, and run this again with --name '{config.agency.people[wanted.id].name}'"
            )
        pseudonym, done = users.erase(storage, wanted, now)
        tell(f"what {wanted.id} did stays on record as {pseudonym}")
    else:
        done = authors.erase(storage, wanted, now)
    _say(done)
    scrubbed(storage)
    tell(
        "gone from the database. Not in reach from here: back-ups made before, files in drop folders' done/, "
        "messages sent to chat, the platform itself"
    )


PLUGIN = person

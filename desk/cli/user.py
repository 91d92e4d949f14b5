"""People who may sign in: add one, list them, put one out."""

import sys
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from desk.cli import _exits, _options
from desk.cli._kinds import kinds_here
from desk.cli._streams import tell
from desk.clocks import WallClock
from desk.entrance import Entrance
from desk.wiring.shared import Place, read_config, storage_of
from wanglou.config.folder import examine
from wanglou.config.joining import CannotJoinError, with_person, write_whole
from wanglou.domain.agency import Config
from wanglou.domain.person import Person, Role
from wanglou.ports import Storage
from wanglou.storage.errors import StorageError


class Action(StrEnum):
    """What to do."""

    ADD = "add"
    LIST = "list"
    REVOKE = "revoke"


def user(
    action: Annotated[
        Action, typer.Argument(help="add: write one into agency.yaml; list; revoke: put one out.")
    ],
    id_: Annotated[str, typer.Argument(metavar="[ID]", help="The sign-in name: a-z, 0-9 and -.")] = "",
    name: Annotated[str, typer.Option("--name", help="add: what people call them.")] = "",
    role: Annotated[Role | None, typer.Option("--role", help="add: what they do.")] = None,
    contact: Annotated[
        list[str] | None, typer.Option("--contact", help="add: kind:id, such as slack:U0123ABCD; repeatable.")
    ] = None,
    language: Annotated[
        _options.Language, typer.Option("--language", help="add: zh or en.")
    ] = _options.Language.ZH,
    config: _options.ConfigDir = _options.CONFIG,
    data: _options.DataDir = _options.DATA,
    library: _options.LibraryDir = _options.LIBRARY,
) -> None:
    """Add, list or put out people who may sign in.

    add writes one line into agency.yaml, keeps it only if the folder passes the check, and prints a one-time
    sign-in link; restart Wanglou, then hand the link over by a road you trust. revoke ends sessions, links
    and password at once; also remove the person from agency.yaml so that nobody makes them a new link.
    """
    place = Place(config, data, library)
    try:
        if action is Action.LIST:
            sys.stdout.writelines(f"{line}\n" for line in _listed(place))
        elif action is Action.ADD:
            sys.stdout.write(_added(place, _person(id_, name, role, contact or [], language)) + "\n")
        else:
            _revoke(place, id_)
    except StorageError as error:
        raise _exits.CommandError(str(error)) from error


def _person(id_: str, name: str, role: Role | None, contacts: list[str], language: str) -> Person:
    if not _options.AN_ID.fullmatch(id_):
        raise _exits.UsageError(f"{id_!r} is no id; write a to z, 0 to 9 and -, such as wang")
    if not name.strip() or role is None:
        raise _exits.UsageError(f"adding {id_} needs --name and --role ({', '.join(Role)})")
    pairs = [contact.partition(":") for contact in contacts]
    if not all(kind and address for kind, _, address in pairs):
        raise _exits.UsageError("write a contact as kind:id, such as slack:U0123ABCD")
    return Person(id_, name.strip(), role, {kind: address for kind, _, address in pairs}, language)


def _added(place: Place, person: Person) -> str:
    before = read_config(place)
    if person.id in before.agency.people:
        raise _exits.UsageError(f"{person.id} is there already: {before.agency.people[person.id].name}")
    path = place.config / "agency.yaml"
    _write(place, path, person)
    config = read_config(place)
    storage = storage_of(place)
    link = Entrance(storage, config.agency.people).make_link(person.id, WallClock().now())
    storage.close()
    tell(f"{person.name} stands in {path}; restart Wanglou, then hand over this link, good for a day")
    return f"{config.agency.desk_url.rstrip('/')}{link}"


def _write(place: Place, path: Path, person: Person) -> None:
    old = path.read_bytes().decode("utf-8")
    try:
        write_whole(path, with_person(old, person))
    except CannotJoinError as error:
        raise _exits.CommandError(str(error)) from error
    except OSError as error:
        raise _exits.UnreadableInputError(f"cannot write {path}: {error.strerror}") from error
    wrong = examine(place.config, place.library, kinds_here()).problems
    if wrong:
        write_whole(path, old)
        sys.stdout.writelines(f"{problem}\n" for problem in wrong)
        raise _exits.CommandError(f"{path} is as it was: put right what is named above and run it again")


def _listed(place: Place) -> Iterator[str]:
    config, storage, now = read_config(place), storage_of(place), WallClock().now()
    for person in config.agency.people.values():
        clients = _sees(config, person)
        yield f"{person.id}  {person.role}  {person.name}  {_standing(storage, person.id, now)}  {clients}"
    storage.close()


def _sees(config: Config, person: Person) -> str:
    clients = config.access_of(person).clients
    return "all clients" if clients is None else ", ".join(sorted(clients)) or "no client"


def _standing(storage: Storage, person: str, now: datetime) -> str:
    with storage.look() as uow:
        known = uow.sign_ins.of(person)
    if known is not None and known.locked_until is not None and now < known.locked_until:
        return f"locked until {known.locked_until:%H:%M} UTC"
    return "password" if known is not None and known.password_hash else "links only"


def _revoke(place: Place, id_: str) -> None:
    """Also for someone who has left agency.yaml already: their session may still stand in the tables."""
    if not id_:
        raise _exits.UsageError("whom? write the id: wanglou user revoke wang")
    storage, people = storage_of(place), read_config(place).agency.people
    ended = Entrance(storage, people).revoke(id_, WallClock().now())
    storage.close()
    if ended is None:
        raise _exits.CommandError(
            f"putting out {id_!r}: agency.yaml knows {', '.join(people)}, "
            "and no session, link or password of such an id is stored; nothing was changed"
        )
    tell(f"{id_}: {ended} sessions ended; links and password are gone")


PLUGIN = user

"""Make a one-time sign-in link for a person of the agency."""

import sys
from typing import Annotated

import typer

from desk.cli import _exits, _options
from desk.clocks import WallClock
from desk.entrance import Entrance
from desk.wiring.shared import Place, read_config, storage_of
from wanglou.storage.errors import StorageError


def link(
    person: Annotated[str, typer.Argument(help="The person's id in agency.yaml.")],
    config: _options.ConfigDir = _options.CONFIG,
    data: _options.DataDir = _options.DATA,
    library: _options.LibraryDir = _options.LIBRARY,
    *,
    reset: Annotated[
        bool, typer.Option("--reset", help="First end the person's sessions, links and password.")
    ] = False,
) -> None:
    """Print a link that signs this person in once, within a day. Hand it over by a road you trust."""
    place = Place(config, data, library)
    checked = read_config(place)
    people = checked.agency.people
    if person not in people:
        raise _exits.UsageError(f"agency.yaml knows no person {person!r}; it knows {', '.join(people)}")
    try:
        storage = storage_of(place)
        entrance, now = Entrance(storage, people), WallClock().now()
        if reset:
            entrance.revoke(person, now)
        path = entrance.make_link(person, now)
        storage.close()
    except StorageError as error:
        raise _exits.CommandError(str(error)) from error
    sys.stdout.write(f"{checked.agency.desk_url.rstrip('/')}{path}\n")


PLUGIN = link

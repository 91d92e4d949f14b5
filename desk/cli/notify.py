"""Send one marked test message by the real road, and say what came back."""

import os
import secrets
import sys
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

import typer

from alerting.notifier import Notifier
from desk.cli import _exits, _options
from desk.cli._streams import tell
from desk.clocks import WallClock
from desk.wiring.shared import Place, WiringError, notifiers_of, read_config
from wanglou.domain.agency import Config
from wanglou.domain.delivery import Card, DeliveryKind, Message, Outcome, Sent
from wanglou.domain.reason import Reason
from wanglou.wording import say


class Action(StrEnum):
    """What to do with a channel."""

    TEST = "test"


def notify(
    action: Annotated[Action, typer.Argument(help="test: send one marked message.")],
    to: Annotated[str, typer.Argument(metavar="TO", help="kind:address, a person's id, or a client's id.")],
    config: _options.ConfigDir = _options.CONFIG,
    library: _options.LibraryDir = _options.LIBRARY,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say which channels would be tried.")
    ] = False,
) -> None:
    """Send a message marked as a test to a channel, to all of a person's contacts, or to a client's team.

    Nothing is stored: no incident, no delivery. One line a channel on stdout; exit code 1 if one failed.
    """
    _ = action
    place = Place(config, _options.DATA, library)
    checked = read_config(place)
    channels = channels_of(checked, to)
    if dry_run:
        sys.stdout.writelines(f"{channel}\n" for channel in channels)
        return
    failed = 0
    for channel in channels:
        outcome = _sent(checked, channel, os.environ)
        sys.stdout.write(f"{channel}  {_said(outcome)}\n")
        failed += not isinstance(outcome, Sent)
    if failed:
        raise typer.Exit(_exits.FINDING)
    tell("look there: a channel can accept a message and still show it to nobody")


def channels_of(config: Config, to: str) -> list[str]:
    """The channels a name stands for. Raises UsageError for one that leads nowhere."""
    if ":" in to:
        return [to]
    if to in config.clients:
        client = config.clients[to]
        routed = [channel for route in client.routes for channel in route.channels]
        found = [*filter(None, [client.channels.get("team")]), *routed]
        if not found:
            raise _exits.UsageError(f"client {to} has no channels.team; write one into clients/{to}.yaml")
        return list(dict.fromkeys(found))
    person = config.agency.people.get(to)
    if person is None:
        known = ", ".join([*config.clients, *config.agency.people])
        raise _exits.UsageError(f"nobody is called {to!r}; write kind:address, or one of {known}")
    if not person.contacts:
        raise _exits.UsageError(f"{to} has no contacts; write them into people in agency.yaml")
    return [f"{kind}:{address}" for kind, address in person.contacts.items()]


def _sent(config: Config, channel: str, environment: Mapping[str, str]) -> Outcome:
    kind, _, address = channel.partition(":")
    try:
        notifiers: Mapping[str, Notifier] = notifiers_of(config, environment)
    except WiringError as error:
        raise _exits.CommandError(str(error)) from error
    if kind not in notifiers:
        raise _exits.UsageError(f"{channel}: the config names no channel of kind {kind!r}, so none is built")
    return notifiers[kind].send(_message(config, address))


def _message(config: Config, address: str) -> Message:
    """Marked as a test in both languages: who reads it did not ask for it."""
    text = say(Reason("notify_test", {"agency": config.agency.name}))
    now = WallClock().now()
    card = Card(
        incident="test",
        title=text,
        severity_label="测试 test",
        severity_colour="blue",
        fields=(),
        lines=(say(Reason("notify_test", {"agency": config.agency.name}), "en"),),
        link=config.agency.desk_url,
    )
    return Message(
        delivery=f"test-{secrets.token_hex(8)}",
        kind=DeliveryKind.CARD,
        address=address,
        text=text,
        card=card,
        buttons=(),
        parent=None,
        attempt=1,
        created_at=now,
        rehearsal=True,
    )


def _said(outcome: Outcome) -> str:
    if isinstance(outcome, Sent):
        return f"sent  {outcome.provider_id}"
    return f"{type(outcome).__name__.lower()}  {say(outcome.because, 'en')}"


PLUGIN = notify

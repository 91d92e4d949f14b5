"""Who hears of it, and in which channel: tellings become rows of the outbox.

The desk's own inbox has a copy of everything but card edits, so that nothing depends on chat being up.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from alerting.decision import Audience, Place, Telling
from alerting.outbox import priority
from wanglou.domain.agency import Agency
from wanglou.domain.client import Client
from wanglou.domain.delivery import Delivery, DeliveryKind
from wanglou.domain.incident import Incident
from wanglou.domain.person import Role

INBOX = "inbox"
"""The kind of channel that is the desk itself: it cannot be down while people can look at it."""

DESK_INBOX = f"{INBOX}:desk"

Target = tuple[str, str]
"""Recipient and channel."""


@dataclass(frozen=True, slots=True)
class Directory:
    """Where people can be found. ``client`` is None for the agency's own incidents.

    ``kinds`` are the kinds of channel there is a notifier for; addresses of other kinds are passed over.
    """

    agency: Agency
    client: Client | None
    kinds: Collection[str]


def deliveries(
    tellings: Iterable[Telling], incident: Incident, directory: Directory, now: datetime
) -> list[Delivery]:
    """The rows to enqueue, gravest first; the same tellings always give the same ids."""
    rows = [
        _row(telling, target, incident, now)
        for telling in tellings
        for target in _targets(telling, directory, now)
    ]
    return sorted(rows, key=lambda row: -row.priority)


def people_of(role: str, directory: Directory, now: datetime) -> tuple[str, ...]:
    """Who has this role for the client now: the team's person, the desk's watch, else the agency's.

    Empty where nobody has it.
    """
    team = directory.client.team if directory.client else {}
    if role in team:
        return (team[role],)
    if role == Role.DESK and (watch := directory.agency.rota.on_duty(now)):
        return tuple(dict.fromkeys(watch))
    same = (p.id for p in directory.agency.people.values() if p.role == role)
    return tuple(same)[:1]


def _targets(telling: Telling, directory: Directory, now: datetime) -> list[Target]:
    """Each channel once, in the name of the person called there rather than of the channel."""
    found = [t for audience in telling.audience for t in _of(audience, directory, now)]
    if telling.kind is DeliveryKind.CARD_UPDATE:
        found = [t for t in found if not t[1].startswith(f"{INBOX}:")]
    people = directory.agency.people
    called = {channel for who, channel in found if who in people}
    rows: dict[Target, Target] = {}
    for who, channel in found:
        if who in people:
            rows.setdefault((who, channel), (who, channel))
        elif channel not in called:
            rows.setdefault(("", channel), (who, channel))
    return list(rows.values())


def _of(audience: Audience, directory: Directory, now: datetime) -> Iterator[Target]:
    if audience.place is Place.TEAM:
        yield from _posted("team", _team_channel(directory))
    elif audience.place is Place.DESK:
        yield from _posted("desk", _desk_channel(directory))
    elif audience.place is Place.PERSON:
        yield from _called(audience.who, audience, directory)
    else:
        people = people_of(audience.who, directory, now)
        for person in people:
            yield from _called(person, audience, directory)
        if not people:
            yield from _posted("desk", _desk_channel(directory))


def _posted(recipient: str, channel: str | None) -> Iterator[Target]:
    if channel is not None:
        yield recipient, channel
    yield "desk", DESK_INBOX


def _called(person: str, audience: Audience, directory: Directory) -> Iterator[Target]:
    """By name in the team's channel where that can be; else directly, on every road, and the team sees it."""
    contacts = directory.agency.people[person].contacts if person in directory.agency.people else {}
    channel = _team_channel(directory) if audience.in_team else None
    if channel is not None and channel.partition(":")[0] in contacts:
        yield person, channel
    else:
        if channel is not None:
            yield "team", channel
        yield from ((person, f"{k}:{address}") for k, address in contacts.items() if k in directory.kinds)
    yield person, f"{INBOX}:{person}"
    yield "desk", DESK_INBOX


def _team_channel(directory: Directory) -> str | None:
    """The client's channel; the house's for the agency's own; the desk's where there is none."""
    own = directory.client.channels if directory.client else directory.agency.channels
    purpose = "team" if directory.client else "house"
    return _known(directory, own.get(purpose)) or _desk_channel(directory)


def _desk_channel(directory: Directory) -> str | None:
    return _known(directory, directory.agency.channels.get("desk"))


def _known(directory: Directory, channel: str | None) -> str | None:
    if channel is None or channel.partition(":")[0] not in directory.kinds:
        return None
    return channel


def _row(telling: Telling, target: Target, incident: Incident, now: datetime) -> Delivery:
    recipient, channel = target
    name = f"{incident.id}\n{telling.change}\n{recipient}\n{channel}"
    return Delivery(
        id=hashlib.sha256(name.encode()).hexdigest()[:32],
        incident=incident.id,
        client=incident.client,
        change=telling.change,
        recipient=recipient,
        channel=channel,
        kind=telling.kind,
        priority=priority(incident.severity, telling.kind),
        saying=telling.saying,
        facts=telling.facts,
        created_at=now,
        next_at=now,
    )

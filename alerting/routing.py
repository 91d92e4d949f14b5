"""Who hears of it, and in which channel: tellings become rows of the outbox.

The desk's own inbox has a copy of everything but card edits, so that nothing depends on chat being up.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerting.decision import Audience, Place, Telling
from alerting.outbox import priority, severity_of
from wanglou.domain.agency import Agency
from wanglou.domain.client import Client, Route
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
    ``carded`` are channels that have the incident's card or will have it; None where that is not known.
    ``is_quiet``: the client's people are asleep, so who is awake is not called in their channel.
    """

    agency: Agency
    client: Client | None
    kinds: Collection[str]
    carded: Collection[str] | None = None
    is_quiet: bool = False


def deliveries(
    tellings: Iterable[Telling], incident: Incident, directory: Directory, now: datetime
) -> list[Delivery]:
    """The rows to enqueue, gravest first; the same tellings always give the same ids.

    A channel that has not seen the incident yet, because a route or a quiet night kept it away, sees the
    card first.
    """
    rows = [
        _row(telling, target, incident, now)
        for telling in tellings
        for target in _targets(telling, incident, directory, now)
    ]
    ordered = sorted(rows, key=lambda row: -row.priority)
    if directory.carded is None:
        return ordered
    bare = {c for c in team_channels(incident, directory) if c not in directory.carded}
    return [row for row in ordered if row.channel not in bare] + [
        row for channel in sorted(bare) for row in _introduced([r for r in ordered if r.channel == channel])
    ]


def team_channels(incident: Incident, directory: Directory) -> tuple[str, ...]:
    """Where the client's team hears of this incident: its own channel, and what its routes name."""
    routes = _routes(incident, directory)
    routed = [c for r in routes for c in r.channels if _known(directory, c)]
    own = None if routed and any(r.instead for r in routes) else _team_channel(directory)
    return tuple(dict.fromkeys(c for c in (own, *routed) if c is not None))


def desk_channel(directory: Directory) -> str | None:
    """The desk's own channel, where somebody is always awake."""
    return _known(directory, directory.agency.channels.get("desk"))


def awake(agency: Agency, now: datetime) -> frozenset[str]:
    """Who works at any hour: the desk's people, and whoever is on duty."""
    desk = (person.id for person in agency.people.values() if person.role is Role.DESK)
    return frozenset(desk) | frozenset(agency.rota.on_duty(now))


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


def _introduced(rows: Sequence[Delivery]) -> Sequence[Delivery]:
    """The first row of a channel as the card; its edits are not needed then."""
    if not rows or any(row.kind is DeliveryKind.CARD for row in rows):
        return rows
    card, *others = rows
    first = replace(card, kind=DeliveryKind.CARD, priority=_raised(card))
    return [first, *(row for row in others if row.kind is not DeliveryKind.CARD_UPDATE)]


def _raised(row: Delivery) -> int:
    return priority(severity_of(row), DeliveryKind.CARD)


def _targets(telling: Telling, incident: Incident, directory: Directory, now: datetime) -> list[Target]:
    """Each channel once, in the name of the person called there rather than of the channel."""
    found = [t for audience in telling.audience for t in _of(audience, incident, directory, now)]
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


def _of(audience: Audience, incident: Incident, directory: Directory, now: datetime) -> Iterator[Target]:
    if audience.place is Place.TEAM:
        for channel in team_channels(incident, directory) or (None,):
            yield from _posted("team", channel)
        for person in dict.fromkeys(p for r in _routes(incident, directory) for p in r.people):
            yield from _directly(person, directory)
    elif audience.place is Place.DESK:
        yield from _posted("desk", desk_channel(directory))
    elif audience.place is Place.PERSON:
        yield from _called(audience.who, audience, incident, directory, now)
    else:
        people = people_of(audience.who, directory, now)
        for person in people:
            yield from _called(person, audience, incident, directory, now)
        if not people:
            yield from _posted("desk", desk_channel(directory))


def _posted(recipient: str, channel: str | None) -> Iterator[Target]:
    if channel is not None:
        yield recipient, channel
    yield "desk", DESK_INBOX


def _called(
    person: str, audience: Audience, incident: Incident, directory: Directory, now: datetime
) -> Iterator[Target]:
    """By name in the team's channel where that can be; else directly, on every road, and the team sees it.

    In quiet hours whoever is awake is called directly, and at the desk: the team sleeps.
    """
    people = directory.agency.people
    contacts = people[person].contacts if person in people else {}
    channel = next(iter(team_channels(incident, directory)), None) if audience.in_team else None
    if channel is not None and directory.is_quiet and person in awake(directory.agency, now):
        yield from _posted("desk", desk_channel(directory))
        channel = None
    if channel is not None and channel.partition(":")[0] in contacts:
        yield person, channel
        yield person, f"{INBOX}:{person}"
    else:
        if channel is not None:
            yield "team", channel
        yield from _directly(person, directory)
    yield "desk", DESK_INBOX


def _directly(person: str, directory: Directory) -> Iterator[Target]:
    people = directory.agency.people
    contacts = people[person].contacts if person in people else {}
    yield from ((person, f"{k}:{address}") for k, address in contacts.items() if k in directory.kinds)
    yield person, f"{INBOX}:{person}"


def _routes(incident: Incident, directory: Directory) -> list[Route]:
    routes = directory.client.routes if directory.client else ()
    return [route for route in routes if route.takes(incident.severity, incident.topic)]


def _team_channel(directory: Directory) -> str | None:
    """The client's channel; the house's for the agency's own; the desk's where there is none."""
    own = directory.client.channels if directory.client else directory.agency.channels
    purpose = "team" if directory.client else "house"
    return _known(directory, own.get(purpose)) or desk_channel(directory)


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

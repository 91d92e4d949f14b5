"""Who is told where: a client's routes, who has which role, the ladder and its next rung."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerting.escalation import next_call
from alerting.routing import Directory, people_of
from desk.web.rendering import Reader
from wanglou.domain.client import Client
from wanglou.ports import IncidentView

ANY_MOMENT = timedelta(minutes=1)
"""The chase comes round every few seconds; a call that is later than this is late."""


@dataclass(frozen=True, slots=True)
class RouteLine:
    """A route in words: which incidents, empty for all, to which channels and people."""

    which: tuple[str, ...]
    whither: tuple[str, ...]
    instead: bool


@dataclass(frozen=True, slots=True)
class RungLine:
    """A rung of the ladder for one client. ``people``: who has the role now, empty where nobody has."""

    role: str
    people: tuple[str, ...]
    after: timedelta


@dataclass(frozen=True, slots=True)
class Call:
    """Who is called at ``at`` if nobody acknowledges before. ``is_now``: that moment has just come."""

    at: datetime
    rung: RungLine
    is_now: bool


def routes(reader: Reader, client: Client) -> Iterator[RouteLine]:
    """A line a route, in the order of the client's file; addresses of people are not shown."""
    for route in client.routes:
        levels = (reader.words(f"severity_{s.colour}") for s in sorted(route.severities, reverse=True))
        topics = (reader.named("topic", topic) for topic in sorted(route.topics))
        channels = (reader.channel_name(channel) for channel in route.channels)
        people = (reader.name_of(person) for person in route.people)
        yield RouteLine((*levels, *topics), (*channels, *people), route.instead)


def people_in(role: str, reader: Reader, client: Client | None) -> tuple[str, ...]:
    """Who has this role for the client now; None is the agency's own."""
    return people_of(role, Directory(reader.ports.config.agency, client, ()), reader.now)


def ladder(reader: Reader, client: Client | None) -> list[RungLine]:
    """The agency's ladder with the people it reaches for this client; None is the agency's own."""
    return [
        RungLine(rung.role, people_in(rung.role, reader, client), rung.after)
        for rung in reader.ports.config.agency.ladder
    ]


def call_to_come(reader: Reader, view: IncidentView) -> Call | None:
    """The next rung of an incident that nobody has taken; None where nobody is called any more."""
    incident, config = view.incident, reader.ports.config
    found = next_call(incident, config.agency.ladder, view.deliveries)
    if found is None:
        return None
    at, rung = found
    client = config.clients.get(incident.client)
    lines = ladder(reader, client)
    line = next(line for line in lines if (line.role, line.after) == (rung.role, rung.after))
    return Call(at, line, at <= reader.now < at + ANY_MOMENT)

"""What a verb answers: the incident as it is to be saved, its record, and who is to be told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from wanglou.domain.delivery import DeliveryKind
from wanglou.domain.incident import Incident, TimelineEntry, Via
from wanglou.domain.person import Person
from wanglou.domain.reason import Reason, Value


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, by which road, when."""

    by: Person
    via: Via
    at: datetime


class Place(StrEnum):
    """Whom a telling is for."""

    TEAM = "team"  # the client's own channel; of the house for the house's incidents
    DESK = "desk"  # the desk's channel
    PERSON = "person"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Audience:
    """A place, and for PERSON and ROLE which one. ``in_team``: call them by name in the team's channel.

    Someone who cannot be called by name there is told directly.
    """

    place: Place
    who: str = ""
    in_team: bool = False


TEAM = Audience(Place.TEAM)
DESK = Audience(Place.DESK)


@dataclass(frozen=True, slots=True)
class Telling:
    """Something people must hear. ``change`` names it for ever: the same change is never told twice."""

    change: str
    kind: DeliveryKind
    audience: tuple[Audience, ...]
    saying: Reason
    facts: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Decision:
    """Save ``incident`` if it differs from what was read, append ``entries``, route ``tellings``.

    ``stop_clocks`` are names of clocks that end now. ``rose`` asks for
    ``clocks.restarted``: the promises of the graver level begin.
    """

    incident: Incident
    entries: tuple[TimelineEntry, ...] = ()
    tellings: tuple[Telling, ...] = ()
    stop_clocks: tuple[str, ...] = ()
    rose: bool = False

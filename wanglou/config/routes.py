"""A client's quiet hours, and who else hears of which of its incidents."""

from collections.abc import Collection, Mapping, Sequence
from datetime import time

from pydantic import Field

from wanglou.config.kinds import KnownKinds, check_channel
from wanglou.config.problem import advise
from wanglou.config.sheet import Checked, Sheet
from wanglou.config.values import Channel, ClockTime, Id, SeverityName, TopicName
from wanglou.domain.agency import Agency
from wanglou.domain.client import Client, Route
from wanglou.domain.quiet import ALWAYS_LOUD, QuietHours
from wanglou.domain.severity import Severity

_LOUD = tuple(sorted(ALWAYS_LOUD, reverse=True))


class QuietSheet(Sheet):
    """When the client's people are let sleep; severities in ``except`` are told at any hour."""

    from_: ClockTime = Field(alias="from", examples=['"22:00"'])
    to: ClockTime = Field(examples=['"08:00"'])
    except_: tuple[SeverityName, ...] = Field(default=_LOUD, alias="except", examples=["[red, orange]"])

    def quiet(self) -> QuietHours:
        """As the noun."""
        return QuietHours(self.from_, self.to, frozenset(self.except_))


class RouteSheet(Sheet):
    """Incidents of these severities and topics are told to these channels and people as well."""

    severities: tuple[SeverityName, ...] = Field(default=(), examples=["[red, orange]"])
    topics: tuple[TopicName, ...] = Field(default=(), examples=["[food_safety]"])
    channels: tuple[Channel, ...] = Field(default=(), examples=['["slack:#anju-legal"]'])
    people: tuple[Id, ...] = Field(default=(), examples=["[sun]"])
    instead_of_team: bool = Field(default=False, examples=["true"])

    def route(self) -> Route:
        """As the noun."""
        return Route(
            frozenset(self.severities),
            frozenset(self.topics),
            self.channels,
            self.people,
            self.instead_of_team,
        )


def check_quiet(checked: Checked, sheet: QuietSheet | None) -> None:
    """Report a quiet time that has no length, and one that would hold back what may not wait."""
    if sheet is None:
        return
    if sheet.from_ == sheet.to:
        says = f'"{_said(sheet.to)}" is when it begins; write another time, or take quiet_hours away'
        checked.refuse(["quiet_hours", "to"], says)
    missing = [s.colour for s in _LOUD if s not in sheet.except_]
    if missing:
        whole = ", ".join(s.colour for s in sorted({*_LOUD, *sheet.except_}, reverse=True))
        says = f"leaves out {', '.join(missing)}, which is told at any hour; write except: [{whole}]"
        checked.refuse(["quiet_hours", "except"], says)
    elif set(sheet.except_) == set(Severity):
        checked.note(["quiet_hours", "except"], "names every severity, so these hours hold nothing back")


def check_routes(
    checked: Checked,
    routes: Sequence[RouteSheet],
    team: Collection[str],
    agency: Agency | None,
    kinds: KnownKinds,
) -> None:
    """Report routes that lead nowhere, or to somebody who may not see this client."""
    for place, line in enumerate(routes):
        if not line.channels and not line.people:
            checked.refuse(["routing", place], "tells nobody; write channels: or people:")
        elif line.instead_of_team and not line.channels:
            says = "would leave the team without a channel; write channels: to use instead"
            checked.refuse(["routing", place, "instead_of_team"], says)
        for number, channel in enumerate(line.channels):
            check_channel(checked, ["routing", place, "channels", number], channel, kinds)
        for number, person in enumerate(line.people):
            says = _unfit(person, team, agency) if agency else ""
            if says:
                checked.refuse(["routing", place, "people", number], says)


def check_walls(clients: Mapping[str, tuple[Checked, Client]]) -> None:
    """Report a route into a channel where another client's team reads along."""
    owners = {c.channels["team"]: id_ for id_, (_, c) in clients.items() if "team" in c.channels}
    for id_, (checked, client) in clients.items():
        for place, route in enumerate(client.routes):
            for number, channel in enumerate(route.channels):
                other = owners.get(channel, id_)
                if other != id_:
                    says = f'"{channel}" is the channel of the client {other}; choose one of this client\'s'
                    checked.refuse(["routing", place, "channels", number], says)


def _unfit(person: str, team: Collection[str], agency: Agency) -> str:
    known = agency.people.get(person)
    if known is None:
        return f'found "{person}", nobody of people in agency.yaml; {advise(person, agency.people)}'
    if person in team or known.role.sees_all_clients:
        return ""
    return f'"{person}" may not see this client; write them into team: first'


def _said(moment: time) -> str:
    return moment.strftime("%H:%M")

"""Promises with due times: when they start, what is used of them, when people hear of it.

The regime is fixed at the start. What arrives at 18:20 with a limit of 30 minutes in office hours is due at
18:50 although the office closes at 18:30: the promise was made to a client who wrote while it was open. What
arrives at 08:55 has the limit of the hours outside. Limits run by the wall clock, so that a due time can be
said the moment it starts and never moves because a calendar changed.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from alerting.decision import DESK, TEAM, Audience, Decision, Place, Telling
from alerting.incidents import record
from wanglou.domain.client import Limit
from wanglou.domain.clock import ACCOUNT_RESPONSE, DESK_ACKNOWLEDGE, STATEMENT, SlaClock
from wanglou.domain.delivery import DeliveryKind
from wanglou.domain.duty import Calendar
from wanglou.domain.incident import Incident
from wanglou.domain.person import HOUSE, Role
from wanglou.domain.reason import Reason, Value

HOLDER = {DESK_ACKNOWLEDGE: Role.DESK, ACCOUNT_RESPONSE: Role.ACCOUNT, STATEMENT: Role.ACCOUNT}
"""Whose promise each clock is. A limit of another name starts nothing: nobody could stop it."""

_OF_HOUSE = (DESK_ACKNOWLEDGE,)
"""No client waits for an answer about the agency's own incidents."""

WARNINGS = (50, 80, 100)
"""Per cent of the time used at which a clock speaks; 100 is overdue."""


def starting(
    incident: Incident, limits: Mapping[str, Limit], calendar: Calendar, now: datetime
) -> list[SlaClock]:
    """The clocks that begin when an incident opens. A severity without a limit has no clock."""
    office_open = calendar.in_office_hours(now)
    names = [name for name in (_OF_HOUSE if incident.client == HOUSE else HOLDER) if name in limits]
    due = {name: limits[name].at(incident.severity, office_open=office_open) for name in names}
    return [
        SlaClock(incident.id, name, now, now + limit, office_open)
        for name, limit in due.items()
        if limit is not None
    ]


def restarted(
    incident: Incident,
    running: Iterable[SlaClock],
    limits: Mapping[str, Limit],
    calendar: Calendar,
    now: datetime,
) -> list[SlaClock]:
    """The clocks to put in place of ``running`` when the incident rose to its present severity.

    A rise never gives more time: where the old promise falls due earlier, it stands. A promise already kept
    is not asked for again, except the acknowledgement where the rise made it void.
    """
    before = {clock.name: clock for clock in running}
    fresh = starting(incident, limits, calendar, now)
    return [clock for clock in fresh if _replaces(clock, before.get(clock.name), incident)]


def percent_used(clock: SlaClock, now: datetime) -> int:
    """How much of the promised time is gone, in whole per cent, 0 and above; a stopped clock stands still."""
    until = clock.stopped_at or now
    span = clock.due_at - clock.started_at
    used = until - clock.started_at
    return max(0, int(100 * used / span)) if span else 100


def warning(incident: Incident, clock: SlaClock, told: Collection[str], now: datetime) -> Decision | None:
    """What to tell about a running clock now, if anything that ``told`` (change names) does not hold yet.

    Only the latest mark passed speaks: after an outage nobody is told of 50 % and 80 % of what is overdue.
    Half of the time used only brings the card up to date, 80 % calls its holder, 100 % calls desk and team.
    """
    passed = [mark for mark in WARNINGS if percent_used(clock, now) >= mark]
    if clock.stopped_at is not None or not passed:
        return None
    mark = passed[-1]
    change = f"clock:{clock.name}:{mark}:{clock.due_at.isoformat()}"
    if change in told:
        return None
    facts: dict[str, Value] = {"clock": clock.name, "percent": mark, "due": clock.due_at.isoformat()}
    saying = Reason("clock_overdue" if clock.is_overdue(now) else "clock_warning", facts)
    entry = record(incident, max(now, incident.changed_at), saying.code, saying.facts)
    return Decision(incident, (entry,), (_telling(change, mark, clock, saying),))


def _replaces(clock: SlaClock, old: SlaClock | None, incident: Incident) -> bool:
    if old is None:
        return True
    if old.stopped_at is None:
        return clock.due_at < old.due_at
    return clock.name == DESK_ACKNOWLEDGE and incident.acknowledged_at is None


def _telling(change: str, mark: int, clock: SlaClock, saying: Reason) -> Telling:
    holder = Audience(Place.ROLE, HOLDER[clock.name], in_team=True)
    if mark == WARNINGS[0]:
        return Telling(change, DeliveryKind.CARD_UPDATE, (TEAM, DESK), saying)
    audience = (TEAM, DESK, holder) if mark == WARNINGS[-1] else (holder,)
    return Telling(change, DeliveryKind.REPLY, audience, saying)

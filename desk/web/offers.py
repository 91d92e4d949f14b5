"""Which acts the incident page offers whom: what somebody's role may not do is not offered to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from alerting.handling import may_decide, may_judge
from desk.web.confirming import MEDIA
from desk.web.ports import DISMISSALS, WAITS
from desk.web.rendering import Reader
from desk.web.told import people_in
from wanglou.domain.incident import Incident, IncidentState
from wanglou.domain.person import HOUSE, Role
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic

HOLD_SPANS: Mapping[str, timedelta] = {
    "1h": timedelta(hours=1),
    "4h": timedelta(hours=4),
    "12h": timedelta(hours=12),
    "24h": timedelta(hours=24),
    "72h": timedelta(hours=72),
}
"""How long a hold may be asked for on the page; then its holder is reminded."""

_HANDLED = frozenset({IncidentState.TRIAGE, IncidentState.ACTIVE})


@dataclass(frozen=True, slots=True)
class Acts:
    """Which acts the page offers this person; the act itself decides again when it is tried.

    ``deciders`` and ``judges`` name, for what is left out here, who may do it; empty where nothing is.
    """

    acknowledge: bool
    own: bool
    raise_to: tuple[Severity, ...]
    lower_to: tuple[Severity, ...]
    topics: tuple[Topic, ...]
    hold: bool
    resume: bool
    merge: bool
    contain: bool
    resolve: bool
    waive: bool
    dismiss: bool
    close: bool
    reopen: bool
    deciders: tuple[str, ...] = ()
    judges: tuple[str, ...] = ()
    dismissals: tuple[str, ...] = DISMISSALS
    waits: tuple[str, ...] = WAITS
    media: tuple[str, ...] = MEDIA
    spans: tuple[str, ...] = tuple(HOLD_SPANS)


def acts_for(incident: Incident, reader: Reader) -> Acts:
    """What can be done in this state, by this person."""
    person = reader.visit.person if reader.visit else None
    decides = person is not None and may_decide(incident, person)
    judges = person is not None and may_judge(person)
    state, severity, is_open = incident.state, incident.severity, incident.state.is_open
    is_client = incident.client != HOUSE
    return Acts(
        acknowledge=is_open and incident.acknowledged_at is None,
        own=is_open and incident.owner not in {None, reader.access.person},
        raise_to=tuple(s for s in reversed(Severity) if s > severity) if is_open else (),
        lower_to=tuple(s for s in reversed(Severity) if s < severity) if is_open and decides else (),
        topics=tuple(t for t in Topic if t != incident.topic) if is_open and is_client and judges else (),
        hold=decides and state in _HANDLED | {IncidentState.CONTAINED},
        resume=decides and state is IncidentState.ON_HOLD,
        merge=is_open and is_client and judges,
        contain=decides and state in _HANDLED,
        resolve=is_open and is_client and decides,
        waive=is_open and decides,
        dismiss=judges and state in _HANDLED,
        close=decides and state in {IncidentState.RESOLVED, IncidentState.REVIEWED},
        reopen=not is_open and state is not IncidentState.MERGED,
        deciders=() if decides else _having(incident, reader, Role.ACCOUNT, Role.DIRECTOR),
        judges=() if judges or not is_open else _having(incident, reader, Role.DESK),
    )


def _having(incident: Incident, reader: Reader, *roles: Role) -> tuple[str, ...]:
    """Who has these roles for the incident's client now."""
    client = reader.ports.config.clients.get(incident.client)
    return tuple(dict.fromkeys(p for role in roles for p in people_in(role, reader, client)))

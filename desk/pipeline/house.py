"""The watch is watched: what fails here becomes an incident of the agency's own, by the same road."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from alerting.incidents import Subject, home, join_house, open_house, recover
from desk.pipeline.parts import Parts
from wanglou.domain.house import JOB, source_of
from wanglou.domain.incident import Incident
from wanglou.domain.person import HOUSE
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic
from wanglou.ports import StaleIncidentError, UnitOfWork

SHOWN = 200
"""Characters of an error people are shown; the log has all of it."""


def trouble_with(  # noqa: PLR0913, PLR0917 -- the pair every verb has, and what happened to which part
    parts: Parts,
    uow: UnitOfWork,
    part: str,
    because: Reason,
    now: datetime,
    severity: Severity = Severity.ORANGE,
) -> None:
    """Open an incident of the agency's own about ``part``, unless one is open."""
    subject = Subject(HOUSE, part, Topic.OUTAGE)
    if home(uow.incidents.open_of_brand(HOUSE, part), subject.topic, now) is None:
        number = uow.incidents.next_number(HOUSE)
        decision = open_house(part, severity, because, number, now)
        parts.carrier.open_new(uow, decision, now)


def works_again(parts: Parts, uow: UnitOfWork, part: str, now: datetime) -> None:
    """Close the agency's own incident about ``part``, if one is open."""
    for incident in uow.incidents.open_of_brand(HOUSE, part):
        with suppress(StaleIncidentError):  # somebody acts on it just now; the next success closes it
            parts.carrier.carry_out(uow, incident, recover(incident, _name(parts, incident), now), now)


def joined(parts: Parts, uow: UnitOfWork, lesser: Sequence[str], part: str, now: datetime) -> None:
    """Close the agency's own incidents about ``lesser`` parts: the one about ``part`` tells of them too."""
    number = uow.incidents.open_of_brand(HOUSE, part)[0].number
    for name in lesser:
        for incident in uow.incidents.open_of_brand(HOUSE, name):
            with suppress(StaleIncidentError):  # somebody acts on it just now; it stays open beside the other
                parts.carrier.carry_out(
                    uow, incident, join_house(incident, _name(parts, incident), number, now), now
                )


def _name(parts: Parts, incident: Incident) -> str:
    """What people call the part; a source has a name of its own."""
    known = source_of(incident.brand, parts.config.sources)
    return known.name if known else incident.brand


def job_ended(parts: Parts, job: str, error: Exception | None, now: datetime) -> None:
    """Tell the house that a job of the worker failed, or that it works again."""
    part = f"{JOB}{job}"
    if error is None and not _is_known(parts, part):
        return
    with parts.storage.begin() as uow:
        if error is None:
            works_again(parts, uow, part, now)
        else:
            trouble_with(parts, uow, part, failure(job, error), now)
        uow.commit()


def failure(job: str, error: Exception) -> Reason:
    """Why a job failed, in one line."""
    return Reason("job_failed", {"job": job, "found": f"{type(error).__name__}: {error}"[:SHOWN]})


def _is_known(parts: Parts, part: str) -> bool:
    with parts.storage.look() as uow:
        return bool(uow.incidents.open_of_brand(HOUSE, part))

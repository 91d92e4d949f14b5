"""Incidents, their plans and clocks, and the messages that tell of them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from wanglou.domain.change import Change
from wanglou.domain.clock import SlaClock
from wanglou.domain.delivery import Delivery
from wanglou.domain.incident import ChainedEntry, Incident, TimelineEntry
from wanglou.domain.plan import Plan, Step
from wanglou.domain.question import Question


class StaleIncidentError(Exception):
    """Someone else saved the incident, or took its signals, in between; read again and decide anew."""


class Incidents(Protocol):
    """Incidents and their records."""

    def get(self, incident: str) -> Incident | None:
        """One incident."""
        ...

    def open_with_key(self, key: str) -> Incident | None:
        """The open incident of a story."""
        ...

    def open_of_brand(self, client: str, brand: str) -> list[Incident]:
        """Open incidents of a brand, newest first."""
        ...

    def all_open(self) -> list[Incident]:
        """Every open incident, oldest first."""
        ...

    def next_number(self, client: str) -> int:
        """One more than the client's highest number."""
        ...

    def add(self, incident: Incident) -> bool:
        """Store a new incident; False if its ``open_key`` is taken, and then nothing is stored."""
        ...

    def save(self, incident: Incident) -> Incident:
        """Store a changed incident and return it with its version raised.

        Raises StaleIncidentError if the stored version is not ``incident.version``.
        """
        ...

    def append(self, entries: Sequence[TimelineEntry]) -> list[ChainedEntry]:
        """Add to the record; each entry is chained to the last of its incident."""
        ...

    def timeline(self, incident: str) -> list[ChainedEntry]:
        """The record, first entry first."""
        ...

    def add_evidence(self, incident: str, mentions: Collection[tuple[str, str, str]]) -> int:
        """Link (client, brand, item key) mentions to an incident; return how many were new."""
        ...

    def share_evidence(self, of: str, to: str) -> int:
        """Link what one incident stands on to another as well; return how many were new to it."""
        ...

    def evidence_count(self, incident: str) -> int:
        """How many mentions are linked to an incident."""
        ...

    def evidence_saying(self, incident: str, question: Question) -> list[tuple[str, ...]]:
        """The words with which linked mentions answer a question with yes: one tuple a mention."""
        ...


class Plans(Protocol):
    """Plans and their steps."""

    def add(self, plan: Plan) -> bool:
        """Freeze a plan into its incident; False if it has one, and then nothing is stored."""
        ...

    def of_incident(self, incident: str) -> Plan | None:
        """The incident's plan."""
        ...

    def followed(self) -> list[tuple[Incident, str]]:
        """Open incidents that have a plan, oldest first, each with the id of the book it follows."""
        ...

    def go_on(self, plan: Plan) -> None:
        """Store the plan in place of the incident's present one, all of whose steps it holds."""
        ...

    def save_step(self, step: Step) -> None:
        """Store a changed step."""
        ...

    def unplanned(self) -> list[Incident]:
        """Open incidents that have no plan yet, oldest first."""
        ...

    def untold(self) -> list[Step]:
        """Steps to do of open incidents whose owners were not told, by due time."""
        ...


class Clocks(Protocol):
    """Promises running on incidents."""

    def start(self, clocks: Sequence[SlaClock]) -> None:
        """Store new clocks; one already there is left alone."""
        ...

    def restart(self, clocks: Sequence[SlaClock]) -> None:
        """Put these in place of the clocks of the same incident and name, running or stopped."""
        ...

    def of_incident(self, incident: str) -> list[SlaClock]:
        """The incident's clocks by due time."""
        ...

    def stop(self, incident: str, names: Collection[str], at: datetime, by: str) -> list[SlaClock]:
        """Stop those that run; return what was stopped."""
        ...

    def running(self) -> list[SlaClock]:
        """All running clocks by due time."""
        ...


class Deliveries(Protocol):
    """The outbox."""

    def enqueue(self, deliveries: Sequence[Delivery]) -> int:
        """Store deliveries; one with a known (incident, change, recipient, channel) is left alone."""
        ...

    def claim(
        self, holder: str, now: datetime, lease: timedelta, limit: int, *, kind: str | None = None
    ) -> list[Delivery]:
        """Take due deliveries (pending, or leased and expired) by conditional update.

        Highest priority first, then oldest; ``attempts`` is already raised. An incident's later messages
        in a channel are not handed out while an earlier one there is neither sent nor dead; but where a
        graver one waits behind it, the earlier one is due at once and takes on its priority. ``kind``: of
        that kind of channel alone.
        """
        ...

    def settle(self, delivery: Delivery) -> bool:
        """Store a claimed delivery's outcome; False if the lease was lost to another holder meanwhile."""
        ...

    def card_of(self, incident: str, channel: str) -> str | None:
        """The provider's id of the incident's newest card in a channel, once one was sent."""
        ...

    def of_incident(self, incident: str) -> list[Delivery]:
        """The incident's deliveries, oldest first."""
        ...

    def revive(self, incident: str, delivery: str, at: datetime) -> Delivery | None:
        """Try one of the incident's dead deliveries again from ``at`` on; None if it is not dead (any more).

        Its id and the count of attempts stay, so that a channel is asked whether it arrived after all.
        """
        ...

    def supersede_updates(self, incident: str, before: datetime) -> int:
        """Mark card updates that wait or are held, created before ``before``, as superseded; how many."""
        ...

    def release(self, incident: str, at: datetime, channel: str | None = None) -> int:
        """Let an incident's held deliveries go out from ``at`` on, in one channel or in all; how many.

        What was held until ``at`` or earlier is left to its digest.
        """
        ...

    def held_until(self, now: datetime) -> list[Delivery]:
        """Held deliveries whose quiet hours are over by ``now``, oldest first."""
        ...

    def bundle(self, deliveries: Collection[str]) -> None:
        """Mark held deliveries, by id, as told in a digest."""
        ...

    def bundled(self, client: str, channel: str, until: datetime) -> list[Delivery]:
        """What a client's digest of the quiet hours that ended at ``until`` tells, oldest first."""
        ...


class Changes(Protocol):
    """What pages poll for."""

    def note(self, client: str, kind: str, subject: str, at: datetime) -> None:
        """Say that something a page shows is different now."""
        ...

    def after(self, last: int, limit: int = 500) -> list[Change]:
        """Changes with id > last, by id."""
        ...

    def newest(self) -> int:
        """The highest id, 0 where there is none."""
        ...

    def prune(self, before: datetime) -> None:
        """Forget changes older than ``before``; ids are never used again."""
        ...

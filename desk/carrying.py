"""Carry out a decision: the incident, its record, its clocks and who is to be told, in one transaction."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from alerting import clocks, quiet
from alerting.decision import Decision
from alerting.routing import Directory, deliveries
from wanglou.domain.agency import Config
from wanglou.domain.clock import SlaClock
from wanglou.domain.delivery import Delivery, DeliveryKind, DeliveryState
from wanglou.domain.incident import Incident
from wanglou.domain.person import SYSTEM
from wanglou.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Carrier:
    """Saves what was decided. ``kinds`` are the kinds of channel there is a notifier for."""

    config: Config
    kinds: Collection[str]

    def open_new(self, uow: UnitOfWork, decision: Decision, now: datetime) -> bool:
        """Store a new incident with all that follows; False if its story is open already."""
        if not uow.incidents.add(decision.incident):
            return False
        uow.clocks.start(self._starting(decision.incident, now))
        self._tell(uow, decision, now)
        return True

    def carry_out(self, uow: UnitOfWork, before: Incident, decision: Decision, now: datetime) -> None:
        """Store what a decision changed. Raises StaleIncidentError if somebody else was quicker."""
        incident = decision.incident
        if incident != before:
            uow.incidents.save(incident)
        if decision.stop_clocks:
            by = decision.entries[0].actor if decision.entries else SYSTEM
            uow.clocks.stop(incident.id, decision.stop_clocks, now, by)
        if decision.rose:
            uow.clocks.restart(self._restarted(uow, incident, now))
        if incident != before or decision.entries or decision.tellings:
            self._tell(uow, decision, now)

    def _starting(self, incident: Incident, now: datetime) -> list[SlaClock]:
        agency, client = self.config.agency, self.config.clients.get(incident.client)
        return clocks.starting(incident, client.sla if client else agency.sla, agency.calendar, now)

    def _restarted(self, uow: UnitOfWork, incident: Incident, now: datetime) -> list[SlaClock]:
        agency, client = self.config.agency, self.config.clients.get(incident.client)
        running = uow.clocks.of_incident(incident.id)
        limits = client.sla if client else agency.sla
        return clocks.restarted(incident, running, limits, agency.calendar, now)

    def _tell(self, uow: UnitOfWork, decision: Decision, now: datetime) -> None:
        incident = decision.incident
        uow.incidents.append(decision.entries)
        if any(telling.kind is DeliveryKind.CARD_UPDATE for telling in decision.tellings):
            uow.deliveries.supersede_updates(incident.id, now)
        self._enqueue(uow, decision, now)
        uow.changes.note(incident.client, "incident", incident.id, now)

    def _enqueue(self, uow: UnitOfWork, decision: Decision, now: datetime) -> None:
        """Route what is to be told; in quiet hours what can wait is held, and let go once it cannot."""
        if not decision.tellings:
            return
        incident, known = decision.incident, uow.deliveries.of_incident(decision.incident.id)
        shown = {d.channel for d in known if _stands(d)}
        carded = shown | {d.channel for d in known if d.state is DeliveryState.HELD}
        client = self.config.clients.get(incident.client)
        directory = Directory(self.config.agency, client, self.kinds, carded)
        over = quiet.until(incident, uow.clocks.of_incident(incident.id), directory, now)
        if over is None:
            uow.deliveries.release(incident.id, now)
            uow.deliveries.enqueue(deliveries(decision.tellings, incident, directory, now))
            return
        asleep = replace(directory, is_quiet=True)
        rows = quiet.held(deliveries(decision.tellings, incident, asleep, now), over, asleep, shown, now)
        for channel in {r.channel for r in rows if r.state is DeliveryState.PENDING and _wakes(r)}:
            uow.deliveries.release(incident.id, now, channel)
        uow.deliveries.enqueue(rows)


def _stands(delivery: Delivery) -> bool:
    """Whether this is the incident's card in its channel, on its way or there."""
    if delivery.kind is DeliveryKind.CARD:
        return delivery.state not in {DeliveryState.HELD, DeliveryState.BUNDLED}
    return delivery.kind is DeliveryKind.CARD_UPDATE and delivery.state is DeliveryState.SENT


def _wakes(delivery: Delivery) -> bool:
    return delivery.kind is not DeliveryKind.CARD_UPDATE

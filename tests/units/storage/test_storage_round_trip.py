"""Every noun comes back from either database as it went in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import strategies as some
from tests.laws import ON_ONE_FIXTURE
from wanglou.domain.clock import SlaClock
from wanglou.domain.delivery import Delivery
from wanglou.domain.incident import Incident, IncidentState, TimelineEntry
from wanglou.domain.item import Item, KeptItem
from wanglou.domain.mention import SeenMention
from wanglou.domain.person import Access
from wanglou.domain.plan import Plan
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.signal import Signal
from wanglou.domain.source import SourceHealth, Validators
from wanglou.domain.span import Span
from wanglou.domain.topic import Topic
from wanglou.domain.volume import ExposureRow, VolumeRow
from wanglou.ports import Checkpoint, Session, SignIn
from wanglou.storage.engine import SqlStorage
from wanglou.storage.errors import NaiveTimeError

# each example leaves its unit of work without a commit, so that the next finds nothing
law = settings(max_examples=25, deadline=None, suppress_health_check=ON_ONE_FIXTURE)

LATER = datetime(2200, 1, 1, tzinfo=UTC)
EVER = Span(datetime(1990, 1, 1, tzinfo=UTC), LATER + timedelta(days=1))
ALL = Access("anyone", None)
INCIDENT = Incident(
    id="lock-1",
    number=1,
    client="lock",
    brand="安屿",
    topic=Topic.PRODUCT_SAFETY,
    severity=Severity.RED,
    state=IncidentState.TRIAGE,
    open_key="lock|安屿|product_safety",
    because=Reason("burst", {"times": 8.5}),
    happened_at=LATER,
    opened_at=LATER,
    changed_at=LATER,
)


@law
@given(item=some.items)
def test_an_item(storage: SqlStorage, item: Item) -> None:
    with storage.begin() as uow:
        uow.items.keep([item], LATER)
        assert uow.items.unread(2) == [KeptItem(item, 1, LATER)]


@law
@given(item=some.items, data=st.data())
def test_a_mention_with_its_item(storage: SqlStorage, item: Item, data: st.DataObject) -> None:
    mention = data.draw(some.mentions(item))
    with storage.begin() as uow:
        uow.items.keep([item], LATER)
        assert uow.mentions.add([mention]) == [mention]
        found = uow.mentions.of_brand(ALL, mention.client, mention.brand, EVER)
        assert found == [SeenMention(mention, item)]


@law
@given(rows=st.lists(some.volume_rows, max_size=4, unique_by=lambda r: (r.start, r.series)))
def test_volumes(storage: SqlStorage, rows: list[VolumeRow]) -> None:
    with storage.begin() as uow:
        uow.volumes.add(rows)
        assert set(uow.volumes.between(EVER)) == set(rows)


@law
@given(rows=st.lists(some.exposure_rows, max_size=4, unique_by=lambda r: (r.start, r.source_class)))
def test_exposures(storage: SqlStorage, rows: list[ExposureRow]) -> None:
    with storage.begin() as uow:
        uow.volumes.add_exposure(rows)
        assert set(uow.volumes.exposure_between(EVER)) == set(rows)


@law
@given(health=some.health)
def test_what_is_known_of_a_source(storage: SqlStorage, health: SourceHealth) -> None:
    with storage.begin() as uow:
        uow.sources.save_health(health)
        assert uow.sources.health() == {health.source: health}


@law
@given(found=st.lists(some.validators, max_size=3, unique_by=lambda v: v.url), urls=st.lists(some.words))
def test_what_a_source_told_us(storage: SqlStorage, found: list[Validators], urls: list[str]) -> None:
    with storage.begin() as uow:
        uow.sources.save_validators("caijing", found)
        uow.sources.set_pending("caijing", urls)
        assert uow.sources.validators("caijing") == {v.url: v for v in found}
        assert uow.sources.pending("caijing") == urls


@law
@given(checkpoint=some.checkpoints)
def test_a_checkpoint(storage: SqlStorage, checkpoint: Checkpoint) -> None:
    with storage.begin() as uow:
        uow.detectors.save(checkpoint)
        assert uow.detectors.latest(checkpoint.detector) == checkpoint


@law
@given(signal=some.signals)
def test_a_signal(storage: SqlStorage, signal: Signal) -> None:
    with storage.begin() as uow:
        assert uow.signals.add([signal]) == [signal]
        assert uow.signals.unjudged() == [signal]


@law
@given(incident=some.incidents, changed=some.incidents)
def test_an_incident_new_and_changed(storage: SqlStorage, incident: Incident, changed: Incident) -> None:
    changed = replace(changed, id=incident.id, version=incident.version)
    with storage.begin() as uow:
        assert uow.incidents.add(incident)
        assert uow.incidents.get(incident.id) == incident
        assert uow.incidents.save(changed) == uow.incidents.get(incident.id)
        assert replace(changed, version=changed.version + 1) == uow.incidents.get(incident.id)


@law
@given(entries=st.lists(some.timeline_entries(INCIDENT.id), max_size=4))
def test_a_record(storage: SqlStorage, entries: list[TimelineEntry]) -> None:
    with storage.begin() as uow:
        uow.incidents.add(INCIDENT)
        written = uow.incidents.append(entries)
        assert [link.entry for link in written] == entries
        assert uow.incidents.timeline(INCIDENT.id) == written


@law
@given(plan=some.plans(INCIDENT.id), data=st.data())
def test_a_plan_and_a_changed_step(storage: SqlStorage, plan: Plan, data: st.DataObject) -> None:
    with storage.begin() as uow:
        uow.incidents.add(INCIDENT)
        assert uow.plans.add(plan)
        assert uow.plans.of_incident(INCIDENT.id) == plan
        for old in plan.steps[:1]:
            step = replace(data.draw(some.steps(INCIDENT.id)), id=old.id, order=old.order)
            uow.plans.save_step(step)
            stored = uow.plans.of_incident(INCIDENT.id)
            assert stored
            assert stored.steps[0] == step


@law
@given(clock=some.clocks(INCIDENT.id), later=some.clocks(INCIDENT.id))
def test_a_clock_started_and_restarted(storage: SqlStorage, clock: SlaClock, later: SlaClock) -> None:
    later = replace(later, name=clock.name)
    with storage.begin() as uow:
        uow.incidents.add(INCIDENT)
        uow.clocks.start([clock])
        uow.clocks.start([later])
        assert uow.clocks.of_incident(INCIDENT.id) == [clock]
        uow.clocks.restart([later])
        assert uow.clocks.of_incident(INCIDENT.id) == [later]


@law
@given(delivery=some.deliveries(INCIDENT.id))
def test_a_delivery(storage: SqlStorage, delivery: Delivery) -> None:
    with storage.begin() as uow:
        uow.incidents.add(INCIDENT)
        assert uow.deliveries.enqueue([delivery, delivery]) == 1
        assert uow.deliveries.of_incident(INCIDENT.id) == [delivery]


@law
@given(sign_in=some.sign_ins, session=some.sessions)
def test_who_may_come_in_and_who_is_in(storage: SqlStorage, sign_in: SignIn, session: Session) -> None:
    with storage.begin() as uow:
        uow.sign_ins.save(sign_in)
        uow.sign_ins.start_session(session)
        assert uow.sign_ins.of(sign_in.person) == sign_in
        assert uow.sign_ins.session(session.token_hash, EVER.since) == session
        assert uow.sign_ins.session(session.token_hash, session.expires_at) is None


@law
@given(one=some.instants, other=some.instants)
def test_instants_compare_in_the_database_as_they_do_outside(
    storage: SqlStorage, one: datetime, other: datetime
) -> None:
    with storage.begin() as uow:
        uow.sign_ins.start_session(Session("token", "wang", one, one, other))
        assert (uow.sign_ins.session("token", one) is not None) == (one < other)


def test_an_instant_comes_back_as_aware_utc(storage: SqlStorage) -> None:
    beijing = datetime(2026, 7, 25, 14, 5, 0, 123457, tzinfo=some.BEIJING)
    with storage.begin() as uow:
        uow.sign_ins.save(SignIn("wang", None, locked_until=beijing))
        found = uow.sign_ins.of("wang")
    assert found
    assert found.locked_until
    assert found.locked_until.isoformat() == "2026-07-25T06:05:00.123457+00:00"


def test_a_time_without_a_zone_is_refused_with_a_plain_sentence(storage: SqlStorage) -> None:
    naive = datetime(2026, 7, 25, 14, 5)  # noqa: DTZ001 -- the mistake to be refused
    with storage.begin() as uow, pytest.raises(NaiveTimeError, match="2026-07-25T14:05:00 has no zone"):
        uow.leases.take("beat", "worker", naive, naive)


def test_a_zero_character_from_a_page_is_replaced_not_refused(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        uow.items.keep([Item("caijing", "https://example.cn/1", "锁\0坏了", "")], LATER)
        assert uow.items.unread(1)[0].item.title == "锁\ufffd坏了"

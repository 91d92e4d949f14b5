"""Each state of an incident by day and by night: who is told, which clocks run, what may follow."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alerting.incidents import join
from alerting.rules import Verdict
from desk.pipeline.deliver import deliver
from desk.pipeline.judge import judge
from desk.pipeline.read import read
from desk.rehearsal.posts import Strand
from tests.stories.posts import texts
from tests.stories.test_nobody_answers import opened, told_of
from tests.units.alerting.cast import signal
from tests.world import World, started, word
from wanglou.domain.agency import Config
from wanglou.domain.delivery import DeliveryState
from wanglou.domain.incident import Incident, IncidentState, Via, first_broken
from wanglou.domain.reason import Reason
from wanglou.domain.report import Report
from wanglou.domain.severity import Severity
from wanglou.domain.signal import Signal
from wanglou.domain.topic import Topic
from wanglou.ports import QuietSignals
from wanglou.storage.signals import SqlSignals

DAY, NIGHT = "2026-03-10T14:00+08:00", "2026-03-10T23:00+08:00"
TEAM = "#anyu-watch"
WATCH = {DAY: "zhou", NIGHT: "xu"}


@dataclass
class Case:
    """One incident at one hour, in the hands of whoever is on duty."""

    world: World
    incident: Incident
    desk: str

    def state(self) -> IncidentState:
        with self.world.parts.storage.look() as uow:
            found = uow.incidents.get(self.incident.id)
            assert first_broken(uow.incidents.timeline(self.incident.id)) is None
        assert found is not None
        return found.state

    def running(self) -> set[str]:
        with self.world.parts.storage.look() as uow:
            return {c.name for c in uow.clocks.of_incident(self.incident.id) if c.stopped_at is None}

    def does(self, act: str, *words: object, by: str = "wang") -> Reason | None:
        access = self.world.access(by)
        said = getattr(self.world.acts, act)(access, self.incident.id, *words, Via.DESK, self.world.now)
        assert said is None or isinstance(said, Reason)
        return said

    def heard(self) -> list[str]:
        return [m.text for m in self.world.chat.in_channel(TEAM)]


@pytest.fixture(params=[DAY, NIGHT], ids=["day", "night"])
def case(request: pytest.FixtureRequest, agency: Config, sqlite_template: Path, tmp_path: Path) -> Case:
    database = tmp_path / "wanglou.db"
    shutil.copy(sqlite_template, database)
    world = started(agency, database, tmp_path, datetime.fromisoformat(request.param))
    incident = opened(world, Severity.ORANGE, Topic.FALSE_ADVERT)
    world.run()
    return Case(world, incident, WATCH[request.param])


@pytest.mark.parametrize("moment", [DAY, NIGHT], ids=["day", "night"])
def test_a_signal_below_every_rule_is_on_the_board_and_wakes_nobody(
    open_at: Callable[[datetime], World], moment: str
) -> None:
    world = open_at(datetime.fromisoformat(moment))
    lone = stood_out(world)
    world.run(minutes=180, step=timedelta(minutes=30))
    assert world.incidents() == []
    assert world.chat.posts == []
    [quiet] = on_the_board(world)
    assert [signal.key for signal in quiet.signals] == [lone.key]
    assert quiet.why.code.startswith("suppressed_")
    world.run(minutes=24 * 60, step=timedelta(hours=4))
    assert on_the_board(world) == ()


def test_a_signal_below_every_rule_is_told_to_open_boards_once(open_at: Callable[[datetime], World]) -> None:
    world = open_at(datetime.fromisoformat(DAY))
    known = world.reader.newest_change()
    lone = stood_out(world)
    world.run(minutes=10, step=timedelta(minutes=2))
    told = [c for c in world.reader.changes(world.access("zhou"), known) if c.kind == "signal"]
    assert [c.client for c in told] == [lone.client]
    stood_out(world, "negative_surge")
    world.run()
    told = [c for c in world.reader.changes(world.access("zhou"), told[-1].id) if c.kind == "signal"]
    assert len(told) == 1


@pytest.mark.parametrize("moment", [DAY, NIGHT], ids=["day", "night"])
def test_a_signal_taken_up_by_a_person_is_an_incident_with_its_clocks_and_its_evidence(
    open_at: Callable[[datetime], World], moment: str
) -> None:
    world = open_at(datetime.fromisoformat(moment))
    said = {"安屿的客服把我骂哭了，太差劲", "安屿门锁打不开，退货也不给退"}
    world.sees(sorted(said), at=world.now - timedelta(minutes=20))
    world.run()
    lone, other = stood_out(world), stood_out(world, "negative_surge")
    world.run(minutes=10)
    report = Report("lock", "安屿", Topic.OTHER, Severity.BLUE, "两个人说同一件事", "", "form", lone.key)
    desk = world.access(WATCH[moment])
    incident = world.acts.report(desk, report, Via.DESK, world.now)
    assert isinstance(incident, str)
    with world.parts.storage.look() as uow:
        found = uow.incidents.get(incident)
        assert found is not None
        assert (found.state, found.acknowledged_by) == (IncidentState.ACTIVE, WATCH[moment])
        assert found.happened_at == lone.at
        assert {s.key for s in uow.signals.of_incident(incident)} == {lone.key, other.key}
        assert "account_response" in {c.name for c in uow.clocks.of_incident(incident)}
    view = world.reader.incident(desk, incident, world.now)
    assert view is not None
    assert said <= {seen.item.text for seen in view.evidence}
    assert on_the_board(world) == ()
    world.run(minutes=1)
    assert world.incident().id == incident
    assert sorted({m.address for m in world.chat.cards}) == ["#anyu-watch", "#duty-desk"]


def test_a_signal_that_joined_an_incident_meanwhile_stays_there(world: World) -> None:
    lone = stood_out(world)
    world.run(minutes=1)
    told = Report("lock", "安屿", Topic.OUTAGE, Severity.BLUE, "客服中断", "", "form-1", lone.key)
    first = world.acts.report(world.access("zhou"), told, Via.DESK, world.now)
    later = replace(told, topic=Topic.DATA_LEAK, text="资料外泄", once="form-2")
    second = world.acts.report(world.access("zhou"), later, Via.DESK, world.now)
    assert isinstance(first, str)
    assert first != second
    with world.parts.storage.look() as uow:
        assert [s.key for s in uow.signals.of_incident(first)] == [lone.key]


def test_a_signal_that_joins_while_a_person_takes_it_up_stays_there_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lone = stood_out(world)
    world.run(minutes=1)
    told = Report("lock", "安屿", Topic.OUTAGE, Severity.BLUE, "客服中断", "", "form-1", lone.key)
    first = world.acts.report(world.access("zhou"), told, Via.DESK, world.now)
    read_before = [
        [(lone, Reason("suppressed_no_rule"))]
    ]  # what the second one saw before the first was done
    fresh = SqlSignals.kept_quiet
    monkeypatch.setattr(
        SqlSignals, "kept_quiet", lambda *asked: read_before.pop() if read_before else fresh(*asked)
    )
    later = replace(told, topic=Topic.DATA_LEAK, text="资料外泄", once="form-2")
    second = world.acts.report(world.access("zhou"), later, Via.DESK, world.now)
    assert isinstance(first, str)
    assert isinstance(second, str)
    with world.parts.storage.look() as uow:
        assert [s.key for s in uow.signals.of_incident(first)] == [lone.key]
        found = uow.incidents.get(second)
        assert found is not None
        assert found.happened_at == world.now  # nothing of the signal is in it
    assert len(world.incidents()) == 2


@pytest.fixture
def taken_up(world: World) -> Callable[[Topic], Incident]:
    """Two signals wait for a rule; a person makes a blue incident of them and has it in hand."""
    kinds = ("burst", "negative_surge")

    def take_up(topic: Topic) -> Incident:
        first, _ = (stood_out(world, kind) for kind in kinds)
        world.run(minutes=1)
        report = Report("lock", "安屿", topic, Severity.BLUE, "有人在传", "", "form", first.key)
        made = world.acts.report(world.access("zhou"), report, Via.DESK, world.now)
        world.run()
        assert (world.incident().id, world.incident().severity) == (made, Severity.BLUE)
        return world.incident()

    return take_up


def test_another_event_alerts_though_its_signals_were_taken_up_before(
    world: World, taken_up: Callable[[Topic], Incident]
) -> None:
    rumour = taken_up(Topic.RUMOUR)
    before = len(world.chat.cards)
    it_grows(world)
    [other] = [i for i in world.incidents() if i.id != rumour.id]
    assert (other.topic, other.acknowledged_by) == (Topic.FALSE_ADVERT, None)
    assert other.severity >= Severity.ORANGE
    assert sorted(m.address for m in world.chat.cards[before:]) == ["#anyu-watch", "#duty-desk"]
    with world.parts.storage.look() as uow:
        assert len(uow.signals.of_incident(rumour.id)) == 2
        assert uow.signals.unjudged() == []
    view = world.reader.incident(world.access("zhou"), other.id, world.now)
    assert view is not None
    assert view.evidence
    it_grows(world)
    assert len(world.incidents()) == 2
    assert len(world.chat.cards) == before + 2


def test_the_same_event_joins_what_was_made_of_its_signals_and_rises(
    world: World, taken_up: Callable[[Topic], Incident]
) -> None:
    made = taken_up(Topic.FALSE_ADVERT)
    cards, heard = len(world.chat.cards), sentences(world, made)
    it_grows(world)
    risen = world.incident()
    assert risen.id == made.id
    assert risen.severity >= Severity.ORANGE
    assert len(world.chat.cards) == cards
    assert sentences(world, made) == heard  # the record had the signals already
    it_grows(world)
    assert world.incident().id == made.id
    raised = [m.text for m in world.chat.in_channel(TEAM) if "等级上调" in m.text]
    assert len(raised) == 1


def test_signals_taken_up_still_alert_after_their_incident_was_merged(
    world: World, taken_up: Callable[[Topic], Incident]
) -> None:
    rumour = taken_up(Topic.RUMOUR)
    zhou = world.access("zhou")
    told = Report("lock", "安屿", Topic.OUTAGE, Severity.YELLOW, "客服中断", "", "form-2")
    outage = world.acts.report(zhou, told, Via.DESK, world.now)
    assert isinstance(outage, str)
    assert world.acts.merge(zhou, rumour.id, outage, "同一件事", Via.DESK, world.now) is None
    it_grows(world)
    assert {i.topic for i in world.incidents()} == {Topic.OUTAGE, Topic.FALSE_ADVERT}


def it_grows(world: World) -> None:
    """More voices are read; the episodes that stand out are the ones known already."""
    world.sees(texts(Strand.COMPLAINT, 60))
    for _ in range(2):
        while read(world.parts, world.now):
            pass
        judge(world.parts, world.now)
        while deliver(world.parts, world.now):
            pass
        world.clock.advance(timedelta(minutes=1))


def sentences(world: World, incident: Incident) -> list[str]:
    """The lines of the record that say what stood out."""
    with world.parts.storage.look() as uow:
        record = uow.incidents.timeline(incident.id)
    return [
        link.entry.kind for link in record if link.entry.via is Via.DETECTOR and "who" in link.entry.facts
    ]


def stood_out(world: World, kind: str = "burst") -> Signal:
    """A signal that meets no rule: no reach and hardly a negative voice stand behind it."""
    at = world.now - timedelta(minutes=5)
    lone = replace(signal(kind), at=at, seen_at=world.now, since=at - timedelta(hours=1))
    with world.parts.storage.begin() as uow:
        uow.signals.add([lone])
        uow.commit()
    return lone


def on_the_board(world: World) -> tuple[QuietSignals, ...]:
    return world.reader.board(world.access("zhou"), list(world.parts.config.clients), world.now).quiet


def test_in_triage_the_card_asks_to_be_taken_and_the_ladder_is_climbed(case: Case) -> None:
    assert case.state() is IncidentState.TRIAGE
    assert {"desk_acknowledge", "account_response", "statement"} <= case.running()
    card = next(m for m in case.world.chat.cards if m.address == TEAM)
    assert card.buttons[0].act == "acknowledge"
    case.world.run(minutes=7)
    assert sum("升级通知" in text for text in case.heard()) >= 2


def test_active_is_in_somebodys_hands_and_calls_nobody_further(case: Case) -> None:
    assert case.does("acknowledge", by=case.desk) is None
    assert case.state() is IncidentState.ACTIVE
    assert "desk_acknowledge" not in case.running()
    assert "account_response" in case.running()  # the desk's answer is not the account manager's
    assert case.does("note", "已致电客户", "form") is None
    assert case.running() == {"statement"}
    case.world.run(minutes=10)
    assert not any("升级通知" in text for text in case.heard())


def test_on_hold_no_promise_pauses_and_its_end_is_told_once(case: Case) -> None:
    case.does("acknowledge", by=case.desk)
    until = case.world.now + timedelta(minutes=30)
    assert case.does("hold", "awaiting_client", until, "等回电") is None
    assert case.state() is IncidentState.ON_HOLD
    assert "statement" in case.running()
    case.world.run(minutes=40, step=timedelta(minutes=5))
    assert sum("暂缓的时间到了" in text for text in told_texts(case)) == 1
    assert case.does("resume", "客户回电了") is None
    assert case.state() is IncidentState.ACTIVE


def test_contained_and_on_hold_it_is_contained_again_when_the_hold_ends(case: Case) -> None:
    case.does("acknowledge", by=case.desk)
    case.does("contain", "两小时没有新帖")
    until = case.world.now + timedelta(hours=1)
    assert case.does("hold", "awaiting_client", until, "等回电") is None
    assert case.does("hold", "awaiting_client", until, "等回电") is None  # the press came twice
    refused = case.does("resume", "客户回电了", by=case.desk)
    assert refused is not None
    assert refused.code == "incident_refused_role"
    assert case.state() is IncidentState.ON_HOLD
    assert case.does("resume", "客户回电了") is None
    assert case.state() is IncidentState.CONTAINED


def test_contained_is_undone_by_news_and_not_by_growth_alone(case: Case) -> None:
    case.does("acknowledge", by=case.desk)
    assert case.does("contain", "两小时没有新帖") is None
    assert case.state() is IncidentState.CONTAINED
    news_comes(case, with_signal=False)
    assert case.state() is IncidentState.CONTAINED
    news_comes(case, with_signal=True)
    assert case.state() is IncidentState.ACTIVE
    case.world.run(minutes=1)
    assert any("又有新动静" in text for text in case.heard())


def test_resolved_on_the_clients_word_stops_every_clock_and_says_so(case: Case) -> None:
    case.does("acknowledge", by=case.desk)
    assert case.does("resolve", word(case.world.now)) is None
    assert case.state() is IncidentState.RESOLVED
    assert case.running() == set()
    case.world.run(minutes=1)
    assert any("陈经理（市场部）" in text and "邮件确认" in text for text in case.heard())
    before = len(case.world.chat.posts)
    case.world.run(minutes=120, step=timedelta(minutes=20))
    assert len(case.world.chat.posts) == before


def test_closed_needs_a_resolution_and_what_was_learnt_and_can_be_reopened(case: Case) -> None:
    refused = case.does("close", "短视频口播词先送审")
    assert refused is not None
    assert refused.code == "incident_refused_not_resolved"
    case.does("resolve", word(case.world.now))
    assert case.does("close", " ") is not None
    assert case.does("close", "短视频口播词先送审") is None
    assert case.state() is IncidentState.CLOSED
    assert case.does("reopen", "又有新投诉") is None
    assert case.state() is IncidentState.ACTIVE


def test_dismissed_by_the_desk_with_a_reason_is_over_for_everybody(case: Case) -> None:
    assert case.does("dismiss", "no_reason", by=case.desk) is not None
    assert case.does("dismiss", "old_content", by=case.desk) is None
    assert case.state() is IncidentState.DISMISSED
    assert case.running() == set()
    case.world.run(minutes=1)
    assert any("旧闻翻炒" in text for text in case.heard())
    before = len(case.world.chat.posts)
    case.world.run(minutes=60, step=timedelta(minutes=10))
    assert len(case.world.chat.posts) == before


def test_merged_goes_on_in_the_other_one_with_the_earlier_promise(case: Case) -> None:
    case.world.run(minutes=5)
    other = opened(case.world, Severity.YELLOW, Topic.OUTAGE)
    case.world.run()
    assert case.does("merge", other.id, "同一件事", by=case.desk) is None
    assert case.state() is IncidentState.MERGED
    assert case.does("acknowledge") is not None
    assert case.does("reopen", "分开处理") is not None
    with case.world.parts.storage.look() as uow:
        kept = uow.incidents.get(other.id)
        timeline = [link.entry.kind for link in uow.incidents.timeline(other.id)]
    assert kept is not None
    assert kept.severity is Severity.ORANGE
    assert "incident_merged_from" in timeline


def test_whatever_state_it_ends_in_everything_told_of_it_arrived(case: Case) -> None:
    case.does("acknowledge", by=case.desk)
    case.does("resolve", word(case.world.now))
    case.does("close", "无")
    case.world.run(minutes=1)
    left = {d.state for d in told_of(case.world, case.incident)}
    assert left <= {DeliveryState.SENT, DeliveryState.SUPERSEDED}


def news_comes(case: Case, *, with_signal: bool) -> None:
    verdict = Verdict("negative_burst", Severity.ORANGE, Topic.FALSE_ADVERT)
    with case.world.parts.storage.begin() as uow:
        before = uow.incidents.get(case.incident.id)
        assert before is not None
        decision = join(before, verdict, [signal()] if with_signal else [], case.world.now)
        case.world.parts.carrier.carry_out(uow, before, decision, case.world.now)
        uow.commit()


def told_texts(case: Case) -> list[str]:
    return [m.text for m in case.world.chat.posts]

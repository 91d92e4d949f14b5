"""Which story signals belong to, how an incident opens and rises."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerting.decision import Decision
from alerting.handling import lower_severity
from alerting.incidents import (
    history,
    home,
    is_late,
    join,
    known_since,
    open_by_hand,
    open_house,
    open_incident,
    recover,
    set_aside,
)
from alerting.rules import Verdict
from tests.units.alerting.cast import CHEN, MINUTE, NOW, ORANGE, WANG, act, done, opened, signal
from wanglou.domain.delivery import DeliveryKind
from wanglou.domain.incident import Incident, IncidentState
from wanglou.domain.person import HOUSE
from wanglou.domain.reason import Reason, Value
from wanglou.domain.report import Report
from wanglou.domain.severity import Severity
from wanglou.domain.signal import Signal
from wanglou.domain.topic import Topic
from wanglou.wording import LANGUAGES, say

DAY = timedelta(hours=24)


def verdict(severity: Severity = Severity.ORANGE, topic: Topic = Topic.FALSE_ADVERT) -> Verdict:
    return Verdict("rule", severity, topic)


def kinds(entries: tuple[object, ...]) -> list[str]:
    return [getattr(entry, "kind", "") for entry in entries]


def test_an_incident_opens_with_its_key_its_reason_and_its_card() -> None:
    decision = open_incident(ORANGE, [signal(strength=0.2), signal("negative_surge", strength=0.9)], 7, NOW)
    incident = decision.incident
    assert incident.open_key == "lock|安屿|false_advert"
    assert incident.because.facts["who"] == "negative_surge"
    assert (incident.state, incident.number, incident.happened_at) == (IncidentState.TRIAGE, 7, NOW - MINUTE)
    assert [t.kind for t in decision.tellings] == [DeliveryKind.CARD]
    assert kinds(decision.entries) == ["incident_opened", "incident_by_hand", "incident_by_hand"]


def test_the_same_signals_open_the_same_incident_in_any_order() -> None:
    one, two = signal(), signal("negative_surge")
    assert open_incident(ORANGE, [one, two], 7, NOW) == open_incident(ORANGE, [two, one], 7, NOW)


@pytest.mark.parametrize(("minutes", "late"), [(29, False), (30, True)])
def test_what_was_seen_late_says_so(minutes: int, late: bool) -> None:  # noqa: FBT001 -- an example's column
    decision = open_incident(ORANGE, [signal(ago=minutes * MINUTE)], 7, NOW)
    assert is_late(decision.incident) is late
    assert ("incident_seen_late" in kinds(decision.entries)) is late


def test_it_happened_when_its_first_mention_was_published_and_the_record_says_so() -> None:
    counts, silence = signal(ago=5 * MINUTE), signal("silence", ago=9 * MINUTE)
    post = counts.at + timedelta(seconds=158)
    decision = open_incident(ORANGE, [counts], 7, NOW, {counts.key: post})
    assert decision.incident.happened_at == post
    assert known_since(decision.incident, decision.entries) == post

    mixed = open_incident(ORANGE, [counts, silence], 7, NOW, {counts.key: post})
    assert mixed.incident.happened_at == silence.at
    assert known_since(mixed.incident, mixed.entries) is None

    told = Report("lock", "安屿", Topic.LABOUR, Severity.YELLOW, "值班看到", "", "f")
    by_hand = open_by_hand(told, act(CHEN), 8, [counts], {counts.key: post})
    assert by_hand.incident.happened_at == known_since(by_hand.incident, by_hand.entries) == post


def test_when_it_happened_is_not_known_of_what_no_mention_shows() -> None:
    counted = open_incident(ORANGE, [signal()], 7, NOW)
    told = Report("lock", "安屿", Topic.LABOUR, Severity.YELLOW, "客户来电", "", "f")
    by_hand = open_by_hand(told, act(CHEN), 8)
    assert known_since(counted.incident, counted.entries) is None
    assert known_since(by_hand.incident, by_hand.entries) is None


def test_a_story_with_an_earlier_one_merged_in_does_not_know_since_when() -> None:
    later = signal()
    opened_later = open_incident(ORANGE, [later], 7, NOW, {later.key: later.at})
    earlier = replace(opened_later.incident, happened_at=later.at - MINUTE)
    assert known_since(earlier, opened_later.entries) is None


def test_imported_history_wakes_nobody() -> None:
    assert history(NOW - DAY, NOW) is None
    reason = history(NOW - DAY - MINUTE, NOW)
    assert reason is not None
    assert all(say(reason, language) for language in LANGUAGES)


def test_news_of_the_same_topic_joins_however_old_the_incident_is() -> None:
    old = opened(at=NOW - 3 * DAY)
    assert home([opened(verdict(topic=Topic.RUMOUR)), old], Topic.FALSE_ADVERT, NOW) == old


def test_news_of_unclear_topic_joins_the_newest_incident_younger_than_a_day() -> None:
    newest, older = opened(at=NOW - MINUTE), opened(verdict(topic=Topic.RUMOUR), at=NOW - 2 * MINUTE)
    assert home([newest, older], Topic.OTHER, NOW) == newest


@pytest.mark.parametrize("topic", [Topic.OTHER, Topic.RUMOUR])
def test_an_incident_a_day_old_takes_no_news_of_another_topic(topic: Topic) -> None:
    assert home([opened(at=NOW - DAY)], topic, NOW) is None


def test_a_clear_topic_does_not_join_another_clear_topic() -> None:
    assert home([opened()], Topic.RUMOUR, NOW) is None


def test_a_clear_topic_joins_a_young_unclear_incident_and_names_it() -> None:
    unclear = opened(verdict(topic=Topic.OTHER))
    assert home([unclear], Topic.RUMOUR, NOW + MINUTE) == unclear
    decision = join(unclear, verdict(topic=Topic.RUMOUR), [signal()], NOW + MINUTE)
    assert (decision.incident.topic, decision.incident.open_key) == (Topic.RUMOUR, "lock|安屿|rumour")
    assert [t.kind for t in decision.tellings] == [DeliveryKind.CARD_UPDATE]


def test_a_join_that_changes_nothing_people_see_tells_nobody() -> None:
    decision = join(opened(), ORANGE, [signal("negative_surge")], NOW + MINUTE)
    assert decision.tellings == ()
    assert kinds(decision.entries) == ["incident_by_hand"]
    assert decision.incident.changed_at == NOW + MINUTE


def test_a_rise_tells_again_and_voids_the_acknowledgement() -> None:
    taken = replace(opened(), acknowledged_at=NOW, acknowledged_by="chen", version=3)
    decision = join(taken, verdict(Severity.RED), [signal("negative_surge")], NOW + MINUTE)
    assert decision.incident.severity is Severity.RED
    assert decision.incident.acknowledged_at is None
    assert decision.rose
    assert [t.change for t in decision.tellings] == ["raised:red:3", "updated:3"]
    assert decision.incident.because.facts["who"] == "negative_surge"


def test_severity_never_falls_by_itself() -> None:
    decision = join(opened(), verdict(Severity.BLUE), [signal()], NOW + MINUTE)
    assert decision.incident.severity is Severity.ORANGE


@pytest.mark.parametrize("state", [IncidentState.CONTAINED, IncidentState.WATCHING])
def test_news_on_a_contained_incident_makes_it_active_and_says_so(state: IncidentState) -> None:
    decision = join(replace(opened(), state=state), ORANGE, [signal()], NOW + MINUTE)
    assert decision.incident.state is IncidentState.ACTIVE
    assert [t.kind for t in decision.tellings] == [DeliveryKind.REPLY, DeliveryKind.CARD_UPDATE]


def lowered(*levels: Severity) -> Incident:
    incident = opened(verdict(Severity.RED))
    for severity in levels:
        incident = done(lower_severity(incident, act(WANG), severity, "已核实为旧闻")).incident
    return incident


def test_a_story_that_only_grew_and_changed_nothing_is_left_alone() -> None:
    incident = opened()
    assert join(incident, ORANGE, [], NOW + MINUTE) == Decision(incident)


NUMBERS: Mapping[str, Value] = {
    "hours": 2,
    "voices": 185,
    "negatives": 132,
    "share": 0.714,
    "reach": 2_310_000,
}
FLOOD = replace(
    verdict(Severity.RED), because=Reason("incident_grown", {"brand": "安屿", **NUMBERS}), numbers=NUMBERS
)


@pytest.mark.parametrize("news", [[], [signal("hot_board", strength=9.0)]], ids=["growth alone", "news"])
def test_a_story_that_grew_graver_rises_for_what_speaks_for_the_rule_now(news: list[Signal]) -> None:
    risen = join(opened(), FLOOD, news, NOW + MINUTE)
    assert risen.rose
    assert risen.incident.because == FLOOD.because
    assert say(risen.tellings[0].saying) == (
        "等级上调：Ⅱ 橙 → Ⅰ 红（规则「rule」："
        "2 小时内 185 条，其中 132 条负面（71%），触达约 2,310,000），请重新认领"
    )


def test_an_incident_opens_for_what_speaks_for_the_rule() -> None:
    incident = open_incident(FLOOD, [signal("hot_board", strength=9.0)], 7, NOW).incident
    assert incident.because == FLOOD.because


def test_growth_alone_does_not_undo_contained() -> None:
    calm = replace(opened(), state=IncidentState.CONTAINED)
    assert join(calm, ORANGE, [], NOW + MINUTE) == Decision(calm)


@pytest.mark.parametrize("levels", [(Severity.YELLOW,), (Severity.ORANGE, Severity.YELLOW)])
def test_growth_alone_does_not_bring_back_a_level_a_person_set_aside(levels: tuple[Severity, ...]) -> None:
    incident = lowered(*levels)
    assert join(incident, verdict(Severity.RED), [], NOW + MINUTE) == Decision(incident)
    risen = join(incident, verdict(Severity.RED), [signal()], NOW + MINUTE).incident
    assert risen.severity is Severity.RED
    assert set_aside(risen) is Severity.RED


def test_growth_beyond_what_was_set_aside_rises_and_says_by_which_rule() -> None:
    incident = done(lower_severity(opened(), act(WANG), Severity.BLUE, "单个投诉")).incident
    assert set_aside(incident) is Severity.ORANGE
    risen = join(incident, verdict(Severity.RED), [], NOW + MINUTE).incident
    assert say(risen.because) == "等级上调：Ⅳ 蓝 → Ⅰ 红（规则「rule」），请重新认领"
    assert join(incident, FLOOD, [], NOW + MINUTE).incident.because.code == "incident_raised_on"


def test_a_late_join_does_not_turn_time_back() -> None:
    assert join(opened(), ORANGE, [signal()], NOW - MINUTE).incident.changed_at == NOW


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(Severity), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_any_order_of_joins_ends_at_the_same_severity(severities: list[Severity], random: Random) -> None:
    def end(order: list[Severity]) -> Incident:
        incident = opened(verdict(Severity.BLUE))
        for place, severity in enumerate(order, start=1):
            incident = join(incident, verdict(severity), [signal()], NOW + place * MINUTE).incident
        return incident

    shuffled = list(severities)
    random.shuffle(shuffled)
    assert end(severities).severity == end(shuffled).severity == max(severities)


def test_a_person_can_open_what_no_source_showed() -> None:
    decision = open_by_hand(
        Report("lock", "安屿", Topic.LABOUR, Severity.YELLOW, "客户来电", "", "f"), act(CHEN), 8
    )
    assert say(decision.incident.because) == "陈默 上报：客户来电"
    assert decision.entries[0].actor == "chen"
    assert decision.incident.acknowledged_at is None


def test_the_house_has_incidents_of_its_own_and_they_end_by_themselves() -> None:
    blind = open_house("caijing", Severity.YELLOW, Reason("incident_closed", {}), 1, NOW).incident
    assert (blind.client, blind.brand, blind.topic) == (HOUSE, "caijing", Topic.OUTAGE)
    decision = recover(blind, "城市晚报", NOW + MINUTE)
    assert decision.incident.state is IncidentState.CLOSED
    assert (decision.incident.open_key, decision.incident.ended_at) == (None, NOW + MINUTE)
    assert [t.change for t in decision.tellings] == ["recovered:1", "updated:1"]

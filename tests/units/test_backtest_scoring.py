"""What counts as caught, as a false alarm, as the same alert of two configs, and as one rule's own."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from desk.backtesting.result import Alert, Backtest, ClientResult, Past, Standing
from desk.backtesting.scoring import Margins, RuleAlerts, client_result, compared, pairs, with_rules
from wanglou.domain.client import Brand, Client
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.span import Span
from wanglou.domain.topic import Topic

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
LOCK = Client("lock", "安屿智能家居", (Brand("安屿", ()), Brand("穹野", ())))
MONTH = Span(NOON - 14 * DAY, NOON + 14 * DAY)
MARGINS = Margins(early=24 * HOUR, late=48 * HOUR)


def alert(at: datetime, brand: str = "安屿", change: str = "opened", rule: str = "surge") -> Alert:
    because = Reason("suppressed_no_rule")
    return Alert("lock", brand, at, change, Severity.YELLOW, Topic.OTHER, rule, because, f"lock#{at}")


def past(
    onset: datetime = NOON,
    told: datetime | None = None,
    ended: datetime | None = None,
    standing: Standing = Standing.REAL,
) -> Past:
    return Past("lock", "安屿", Topic.OTHER, onset, told, ended, f"inc-{onset}", standing=standing)


def scored(alerts: Sequence[Alert], known: Sequence[Past] = ()) -> ClientResult:
    return client_result(LOCK, MONTH, alerts, known, MARGINS)


def test_an_incident_is_caught_by_the_first_alert_near_its_onset() -> None:
    result = scored([alert(NOON + HOUR), alert(NOON + 5 * MINUTE)], [past(told=NOON + 20 * MINUTE)])
    [catch] = result.catches
    assert catch.alert == alert(NOON + 5 * MINUTE)
    assert catch.lead == 15 * MINUTE


def test_the_lead_is_negative_where_people_were_told_sooner() -> None:
    [catch] = scored([alert(NOON + HOUR)], [past(told=NOON + 20 * MINUTE)]).catches
    assert catch.lead == -40 * MINUTE


def test_without_a_time_of_telling_the_lead_is_against_the_onset() -> None:
    [catch] = scored([alert(NOON - 3 * HOUR)], [past()]).catches
    assert catch.lead == 3 * HOUR


def test_a_rise_may_catch_what_an_older_incident_hid() -> None:
    older, rise = alert(NOON - 5 * DAY), alert(NOON + MINUTE, change="raised")
    result = scored([older, rise], [past()])
    assert result.catches[0].alert == rise
    assert result.false == (older,)


def test_what_happened_before_anything_was_seen_is_caught_from_the_first_sighting_on() -> None:
    """A desk's first posts may be days old, and a count carries the beginning of its five minutes."""
    begins = NOON + 2 * MINUTE
    watched, margins = Span(begins, begins + DAY), replace(MARGINS, begins=begins)
    for onset in (NOON, NOON - 5 * DAY):
        known = past(onset, told=NOON + 10 * MINUTE)
        first = alert(NOON + 5 * MINUTE)
        result = client_result(LOCK, watched, [first], [known], margins)
        assert [(c.alert, c.lead) for c in result.catches] == [(first, 5 * MINUTE)]
        assert result.false == ()
        assert [c.alert for c in client_result(LOCK, watched, [], [known], margins).catches] == [None]


def test_what_people_were_told_of_before_the_stretch_is_not_held_against_it() -> None:
    begins = NOON + 2 * MINUTE
    margins = replace(MARGINS, begins=begins)
    unknown = past(NOON - 5 * DAY)  # nobody says when people were told
    before = past(NOON - 5 * DAY, told=NOON - 4 * DAY)
    assert client_result(LOCK, Span(begins, begins + DAY), [], [unknown, before], margins).catches == ()
    later = Span(begins + HOUR, begins + DAY)  # an alert may have come between
    assert client_result(LOCK, later, [], [past(NOON, told=begins + 2 * HOUR)], margins).catches == ()


def test_another_brand_catches_nothing_and_is_a_false_alarm() -> None:
    other = alert(NOON, brand="穹野")
    result = scored([other], [past()])
    assert result.catches[0].alert is None
    assert result.catches[0].lead is None
    assert result.false == (other,)


def test_an_alert_while_an_incident_still_ran_is_neither_false_nor_a_catch() -> None:
    late = alert(NOON + 5 * DAY)
    result = scored([late], [past(ended=NOON + 6 * DAY)])
    assert result.false == ()
    assert result.caught == 0


def test_an_alert_for_what_people_dismissed_is_false_and_there_is_nothing_to_catch() -> None:
    result = scored([alert(NOON)], [past(standing=Standing.DISMISSED)])
    assert len(result.false) == 1
    assert result.catches == ()


def test_what_was_merged_into_another_is_not_missed_and_makes_no_false_alarm() -> None:
    result = scored([alert(NOON)], [past(standing=Standing.PART)])
    assert (result.false, result.catches) == ((), ())


def test_a_rise_is_never_a_false_alarm_of_its_own() -> None:
    assert scored([alert(NOON, change="raised")]).false == ()


def test_false_alarms_are_counted_by_brand_and_week() -> None:
    result = scored([alert(NOON), alert(NOON + 3 * DAY)])
    assert result.brand_weeks == 2 * 4
    assert result.false_per_brand_week == 2 / 8


def test_a_stretch_without_history_has_no_rate() -> None:
    result = client_result(LOCK, Span(NOON, NOON), [], [], MARGINS)
    assert result.false_per_brand_week == 0


def test_what_lies_outside_the_stretch_is_not_looked_at() -> None:
    result = scored([alert(NOON + 15 * DAY)], [past(NOON + 15 * DAY)])
    assert (result.alerts, result.catches) == ((), ())


def test_a_rule_is_credited_with_what_would_not_come_without_it() -> None:
    surge, flood = alert(NOON + MINUTE), alert(NOON + 7 * DAY, rule="flood")
    told = [surge, flood]
    known = [past()]
    by_rule = {
        "surge": RuleAlerts(alone=[surge], without=[flood]),
        "flood": RuleAlerts(alone=[flood, alert(NOON + HOUR)], without=[alert(NOON + HOUR)]),
    }
    result = with_rules(scored(told, known), LOCK, by_rule, known, MARGINS)
    of = {rule.rule: rule for rule in result.rules}
    assert (of["surge"].only_alerts, of["surge"].only_caught) == (1, 1)
    assert (of["flood"].only_alerts, of["flood"].only_caught) == (1, 0)
    assert (of["flood"].alone_alerts, of["flood"].alone_false, of["flood"].alone_caught) == (2, 1, 1)


def test_alerts_of_two_configs_are_paired_by_brand_and_nearness() -> None:
    mine = [alert(NOON), alert(NOON + 3 * DAY)]
    theirs = [alert(NOON - 10 * MINUTE), alert(NOON + 7 * HOUR), alert(NOON, brand="穹野")]
    found = pairs(mine, theirs)
    both = [p for p in found if p.one and p.other]
    assert [p.earlier for p in both] == [10 * MINUTE]
    assert [p.one for p in found if p.other is None] == [mine[1]]
    alone = [p.other for p in found if p.one is None]
    assert len(alone) == 2
    assert all(other in alone for other in theirs[1:])


def test_two_configs_are_compared_on_the_clients_both_have() -> None:
    known = [past(told=NOON)]
    one = scored([alert(NOON + HOUR)], known)
    two = scored([alert(NOON), alert(NOON + 9 * DAY)], known)
    tea = replace(one, client="tea")
    found = compared(Backtest("a", "", {"lock": one, "tea": tea}), Backtest("b", "", {"lock": two}))
    assert list(found) == ["lock"]
    assert found["lock"].false == (0, 1 / 8)
    [(mine, theirs)] = found["lock"].catches
    assert mine.lead is not None
    assert theirs.lead is not None
    assert theirs.lead - mine.lead == HOUR


moments = st.lists(st.integers(-14 * 24 * 60, 14 * 24 * 60 - 1).map(lambda m: NOON + m * MINUTE), max_size=12)


@given(told=moments, onsets=moments)
def test_every_alert_is_false_or_near_an_incident_whatever_order_it_comes_in(
    told: list[datetime], onsets: list[datetime]
) -> None:
    alerts, known = [alert(at) for at in told], [past(onset) for onset in set(onsets)]
    result = scored(alerts, known)
    assert scored(alerts[::-1], known[::-1]) == result
    near = {a.at for a in alerts for p in known if -24 * HOUR <= a.at - p.onset < 48 * HOUR}
    assert {a.at for a in result.false} == {a.at for a in alerts} - near
    assert all(c.alert is None or c.alert.at in near for c in result.catches)


@given(one=moments, two=moments)
def test_each_alert_stands_in_one_pair(one: list[datetime], two: list[datetime]) -> None:
    mine, theirs = [alert(at) for at in one], [alert(at) for at in two]
    found = pairs(mine, theirs)
    assert sorted(p.one.at for p in found if p.one) == sorted(one)
    assert sorted(p.other.at for p in found if p.other) == sorted(two)
    assert all(p.earlier is None or abs(p.earlier) <= 24 * HOUR for p in found)

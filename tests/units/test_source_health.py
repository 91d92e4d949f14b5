"""From rounds to health: when a source is believed, doubted or blind, and when it is looked at next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.health import due, health_after, health_now
from crawlers.rounds import Outcome, Round
from wanglou.domain.item import BoardPlace, Item
from wanglou.domain.reason import Reason
from wanglou.domain.source import SourceClass, SourceHealth, SourceSpec, SourceState
from wanglou.wording import LANGUAGES, say

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
FIVE = timedelta(minutes=5)
HOUR = timedelta(hours=1)
REFUSED = Reason("source_refused", {"url": "https://a.example/"})
SPEC = SourceSpec("a", "甲", "feed", "https://a.example/", SourceClass.NEWS, FIVE, timedelta(hours=12), 1)


def item(published_at: datetime | None = NOW) -> Item:
    return Item("a", "https://a.example/1", "一", "", published_at=published_at)


def read(*items: Item, **more: Any) -> Round:
    return Round("a", NOW, Outcome.READ, items, **more)


def failed(**more: Any) -> Round:
    return Round("a", NOW, Outcome.FAILED, trouble=REFUSED, **more)


def live(**more: Any) -> SourceHealth:
    usual = {"since": NOW - HOUR, "last_item_at": NOW - HOUR, "checked_at": NOW - FIVE, "next_at": NOW}
    return SourceHealth("a", SourceState.LIVE, **{**usual, **more})


def test_a_first_round_that_reads_makes_a_source_live() -> None:
    health = health_after(None, SPEC, read(item()), NOW, news=1)
    assert (health.state, health.since, health.checked_at, health.next_at) == (
        SourceState.LIVE,
        NOW,
        NOW,
        NOW + FIVE,
    )
    assert health.last_item_at == NOW


def test_a_first_round_that_fails_leaves_a_source_blind() -> None:
    health = health_after(None, SPEC, failed(), NOW)
    assert (health.state, health.trouble) == (SourceState.BLOCKED, REFUSED)


def test_one_passing_failure_is_chance_and_tried_again_within_a_minute() -> None:
    health = health_after(live(), SPEC, failed(), NOW)
    assert (health.state, health.state.sees, health.failures) == (SourceState.LATE, True, 1)
    assert health.next_at == NOW + timedelta(minutes=1)


def test_two_failures_in_a_row_blind_a_source() -> None:
    once = health_after(live(), SPEC, failed(), NOW)
    twice = health_after(once, SPEC, failed(), NOW + timedelta(minutes=1))
    assert (twice.state, twice.since, twice.failures) == (SourceState.BLOCKED, NOW + timedelta(minutes=1), 2)


def test_a_failure_only_a_person_can_mend_blinds_at_once() -> None:
    assert health_after(live(), SPEC, failed(permanent=True), NOW).state is SourceState.BLOCKED


def test_a_blind_source_is_tried_ever_later_but_every_hour() -> None:
    health, pauses = live(), []
    for _ in range(20):
        health = health_after(health, SPEC, failed(), NOW)
        assert health.next_at
        pauses.append(health.next_at - NOW)
    assert pauses == sorted(pauses)
    assert pauses[-1] == HOUR


def test_a_site_that_asks_for_patience_is_not_asked_sooner() -> None:
    patient = health_after(live(), SPEC, failed(retry_after=timedelta(hours=3)), NOW)
    assert patient.next_at == NOW + timedelta(hours=3)


def test_a_round_that_reads_again_ends_all_trouble() -> None:
    blind = health_after(health_after(live(), SPEC, failed(), NOW), SPEC, failed(), NOW)
    back = health_after(blind, SPEC, read(item()), NOW + HOUR, news=1)
    assert (back.state, back.failures, back.trouble, back.since) == (SourceState.LIVE, 0, None, NOW + HOUR)


def test_a_round_that_could_not_read_all_stays_live_and_tells() -> None:
    partly = Round("a", NOW, Outcome.PARTLY, (item(),), trouble=REFUSED)
    health = health_after(live(), SPEC, partly, NOW, news=1)
    assert (health.state, health.trouble) == (SourceState.LIVE, REFUSED)


def test_a_source_without_new_items_for_too_long_is_silent() -> None:
    unchanged = Round("a", NOW, Outcome.UNCHANGED)
    still_live = health_after(live(last_item_at=NOW - 12 * HOUR), SPEC, unchanged, NOW)
    silent = health_after(live(last_item_at=NOW - 13 * HOUR), SPEC, unchanged, NOW)
    assert (still_live.state, silent.state) == (SourceState.LIVE, SourceState.SILENT)
    assert silent.trouble == Reason("source_silent", {"hours": 13})


def test_the_same_old_items_shown_again_are_no_sign_of_life() -> None:
    undated = item(published_at=None)
    old = live(last_item_at=NOW - 13 * HOUR)
    assert health_after(old, SPEC, read(undated), NOW, news=0).state is SourceState.SILENT
    assert health_after(old, SPEC, read(undated), NOW, news=1).state is SourceState.LIVE


def placed(published_at: datetime | None = None) -> Item:
    return replace(item(published_at), board=BoardPlace("a", 3))


def test_a_hot_list_without_any_movement_for_too_long_is_silent_and_says_so() -> None:
    hot = replace(SPEC, source_class=SourceClass.BOARD)
    old = live(last_item_at=NOW - 13 * HOUR)
    stale = health_after(old, hot, read(placed()), NOW, news=0)
    assert (stale.state, stale.trouble) == (SourceState.SILENT, Reason("source_stale_list", {"hours": 13}))
    assert health_after(old, hot, Round("a", NOW, Outcome.UNCHANGED), NOW).state is SourceState.SILENT
    assert health_after(stale, hot, read(placed()), NOW, news=1).state is SourceState.LIVE


def test_an_old_question_that_climbs_is_a_sign_of_life() -> None:
    hot = replace(SPEC, source_class=SourceClass.BOARD)
    health = health_after(live(), hot, read(placed(NOW - 999 * HOUR)), NOW, news=1)
    assert (health.state, health.last_item_at) == (SourceState.LIVE, NOW)


def test_a_source_that_never_showed_anything_falls_silent_once_and_stays_so() -> None:
    health: SourceHealth | None = None
    states = []
    for hours in range(0, 40, 4):
        health = health_after(health, SPEC, read(), NOW + hours * HOUR, news=0)
        states.append(health.state)
    assert states == [SourceState.LIVE] * 4 + [SourceState.SILENT] * 6


def test_an_item_dated_ahead_counts_as_seen_now() -> None:
    assert health_after(None, SPEC, read(item(NOW + 9 * HOUR)), NOW, news=1).last_item_at == NOW


def test_a_part_of_a_large_round_tells_of_items_and_settles_nothing() -> None:
    before = live(last_item_at=NOW - 13 * HOUR)
    part = health_after(before, SPEC, read(item(), more=True), NOW, news=1)
    assert (part.next_at, part.state, part.last_item_at) == (before.next_at, before.state, NOW)
    assert health_after(part, SPEC, read(), NOW, news=0).state is SourceState.LIVE


def test_a_source_whose_round_is_overdue_by_its_cadence_is_late() -> None:
    assert health_now(live(), SPEC, NOW + FIVE) == live()
    late = health_now(live(), SPEC, NOW + timedelta(minutes=6))
    assert (late.state, late.trouble) == (SourceState.LATE, Reason("source_late", {"minutes": 6}))
    blind = health_after(live(), SPEC, failed(permanent=True), NOW)
    assert health_now(blind, SPEC, NOW + 9 * HOUR) == blind


def test_the_longest_overdue_is_looked_at_first_and_the_new_before_all() -> None:
    specs = [SourceSpec(i, i, "feed", "https://a/", SourceClass.NEWS, FIVE, HOUR, 1) for i in "abcd"]
    waits = {"a": NOW, "b": NOW - HOUR, "c": NOW + FIVE}
    health = {i: SourceHealth(i, SourceState.LIVE, NOW, next_at=at) for i, at in waits.items()}
    assert [s.id for s in due(specs, health, NOW)] == ["d", "b", "a"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_lateness_and_silence_are_told(language: str) -> None:
    assert "6" in say(Reason("source_late", {"minutes": 6}), language)
    assert "13" in say(Reason("source_silent", {"hours": 13}), language)
    assert "13" in say(Reason("source_stale_list", {"hours": 13}), language)


@settings(max_examples=80)
@given(st.lists(st.tuples(st.sampled_from(Outcome), st.booleans(), st.integers(0, 3)), max_size=12))
def test_whatever_happens_a_source_is_looked_at_again_within_a_day(
    happenings: list[tuple[Outcome, bool, int]],
) -> None:
    health: SourceHealth | None = None
    now = NOW
    for outcome, permanent, kept in happenings:
        done = Round("a", now, outcome, (item(),) * kept, permanent=permanent)
        health = health_after(health, SPEC, done, now, news=kept)
        assert health.next_at
        assert now < health.next_at <= now + timedelta(days=1)
        assert (health.failures > 0) is (outcome is Outcome.FAILED)
        now = health.next_at

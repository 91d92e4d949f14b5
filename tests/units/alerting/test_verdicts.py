"""From signals and sums to a verdict, or to the reason why nobody was told."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerting.rules import Verdict, facts_of, loudest_topic, suppressed, verdict, windows
from tests.units.alerting.cast import MINUTE, NOW, signal
from wanglou.domain.reason import Reason, Value
from wanglou.domain.rule import Facts, Rule, RuleCondition
from wanglou.domain.severity import Severity
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.topic import Topic
from wanglou.ports import BrandTotals
from wanglou.wording import LANGUAGES, say

HOUR = timedelta(hours=1)
TOTALS = BrandTotals(mentions=300, voices=200, negatives=90, reach=250_000, topics={"false_advert": 60})


def rule(
    id_: str = "negative_burst",
    severity: Severity = Severity.ORANGE,
    topic: Topic | None = None,
    **when: Any,
) -> Rule:
    condition = RuleCondition(**{"signals": ("burst",), "within": HOUR, **when})
    return Rule(id_, condition, severity, topic, (), ())


def heard(*signals: Signal, totals: BrandTotals = TOTALS) -> dict[timedelta, Facts]:
    return {HOUR: facts_of(signals, totals, NOW, HOUR)}


def test_a_strength_asked_for_is_that_of_the_signals_asked_for() -> None:
    strong = rule(strength_at_least=0.6)
    lent = heard(signal(strength=0.2), signal("negative_surge", strength=1.4))

    assert verdict([strong], lent) is None
    assert suppressed([strong], lent).code == "suppressed_strength"
    assert verdict([strong], heard(signal(strength=0.7)))
    assert verdict([rule(signals=(), strength_at_least=0.6)], lent)


def test_facts_count_signals_of_each_kind_in_the_window() -> None:
    facts = facts_of(
        [signal(), signal(strength=0.9), signal("negative_surge"), signal(ago=2 * HOUR)], TOTALS, NOW, HOUR
    )
    assert facts.signals == {"burst": 2, "negative_surge": 1}
    assert facts.strength == {"burst": 0.9, "negative_surge": 0.5}
    assert (facts.reach, facts.voices, facts.negatives) == (250_000, 200, 90)


def test_praise_is_no_trouble() -> None:
    praise = Signal(
        "burst", "lock", "安屿", None, NOW - HOUR, NOW, NOW, Polarity.POS, 1.0, Reason("incident_closed")
    )
    assert facts_of([praise], TOTALS, NOW, HOUR).signals == {}


def test_what_came_after_the_judged_moment_is_not_known_yet() -> None:
    assert facts_of([signal(ago=-MINUTE)], TOTALS, NOW, HOUR).signals == {}


@pytest.mark.parametrize(
    ("topics", "expected"),
    [
        ({"false_advert": 60, "rumour": 20}, Topic.FALSE_ADVERT),
        ({"false_advert": 40, "rumour": 40}, None),
        ({"false_advert": 20}, None),
        ({"other": 80}, None),
        ({}, None),
    ],
)
def test_a_topic_is_clear_when_it_is_alone_the_loudest(
    topics: dict[str, int], expected: Topic | None
) -> None:
    assert loudest_topic(BrandTotals(300, 200, 90, 0, topics)) is expected


def test_the_gravest_rule_wins_and_ties_go_by_id() -> None:
    rules = [rule("b", Severity.RED), rule("a", Severity.RED), rule("c", Severity.YELLOW)]
    found = verdict(rules, heard(signal()))
    assert found == Verdict("a", Severity.RED, Topic.FALSE_ADVERT, because=signal().because)


def test_a_rules_own_topic_goes_before_what_was_read() -> None:
    found = verdict([rule(topic=Topic.RUMOUR)], heard(signal()))
    assert found is not None
    assert found.topic is Topic.RUMOUR


def test_an_unclear_topic_is_called_other() -> None:
    found = verdict([rule()], heard(signal(), totals=BrandTotals(9, 9, 9, 9, {})))
    assert found is not None
    assert found.topic is Topic.OTHER


def test_facts_are_gathered_once_for_each_window() -> None:
    assert windows([rule(), rule(within=MINUTE), rule("other")]) == (MINUTE, HOUR)


def test_no_rule_that_holds_is_no_verdict() -> None:
    assert verdict([rule(signals=("negative_surge",))], heard(signal())) is None


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ({"signals": ("burst", "negative_surge")}, "suppressed_signal"),
        ({"reach_at_least": 300_000}, "suppressed_reach"),
        ({"voices_at_least": 201}, "suppressed_voices"),
        ({"negatives_at_least": 91}, "suppressed_negatives"),
        ({"negative_share_at_least": 0.5}, "suppressed_share"),
        ({"strength_at_least": 0.6}, "suppressed_strength"),
        ({"topics": (Topic.RUMOUR,)}, "suppressed_topic"),
    ],
)
def test_what_kept_a_rule_quiet_can_be_said(when: dict[str, Any], code: str) -> None:
    reason = suppressed([rule(**when)], heard(signal()))
    assert reason.code == code
    assert all("negative_burst" in say(reason, language) for language in LANGUAGES)


def test_the_nearest_rule_is_named_and_how_much_it_lacks() -> None:
    far = rule("far", Severity.RED, reach_at_least=10**9, voices_at_least=10**9)
    near = rule("near", Severity.YELLOW, reach_at_least=300_000)
    reason = suppressed([far, near], heard(signal()))
    assert say(reason) == "最接近的规则「near」差 1 项：触达 250,000，未到 300,000"


def test_a_rule_for_other_signals_than_those_that_came_is_never_the_nearest() -> None:
    hot_list = rule("board_entry", Severity.RED, signals=("board_entry",))
    flood = rule("flood", Severity.YELLOW, reach_at_least=10**9, voices_at_least=10**9)

    reason = suppressed([hot_list, flood], heard(signal()))
    assert (reason.facts["rule"], reason.facts["lacks"]) == ("flood", 2)
    assert suppressed([hot_list], heard(signal())) == Reason("suppressed_no_rule")


def test_a_rule_that_asks_for_no_signal_may_be_the_nearest() -> None:
    reason = suppressed([rule("loud", signals=(), reach_at_least=300_000)], heard(signal()))
    assert reason.facts["rule"] == "loud"


def test_a_signal_older_than_a_rules_window_still_tells_which_rules_are_near() -> None:
    short, wide = rule("short", within=MINUTE), rule("wide", reach_at_least=10**9, voices_at_least=10**9)
    facts = {MINUTE: facts_of([], TOTALS, NOW, MINUTE), **heard(signal())}
    assert suppressed([short, wide], facts).facts["rule"] == "short"


def test_a_rule_is_said_by_its_name_in_the_readers_language() -> None:
    named = replace(rule(reach_at_least=300_000), name={"zh": "声量与负面一起激增", "en": "Burst and surge"})
    reason = suppressed([named], heard(signal()))
    assert say(reason) == "最接近的规则「声量与负面一起激增」差 1 项：触达 250,000，未到 300,000"
    assert say(reason, "en").startswith("Nearest rule “Burst and surge”, 1 short")
    assert reason.facts["rule"] == "negative_burst", "what counts alerts by rule goes on by the id"


def test_without_rules_there_is_still_a_reason() -> None:
    assert say(suppressed([], heard(signal()))) == "没有适用的规则"


def told(
    kind: str, code: str, *, strength: float, polarity: Polarity = Polarity.NEG, **facts: Value
) -> Signal:
    numbers = {"usual": 2.0, "pace": 3.0, "times": 3.1, "hours": 1, **facts}
    because = Reason(code, {"brand": "安屿", "where": "news", **numbers})
    return replace(signal(kind, strength=strength), polarity=polarity, because=because)


FLOOD = rule(
    "negative_flood",
    Severity.RED,
    signals=("burst", "negative_surge"),
    reach_at_least=200_000,
    negatives_at_least=40,
    negative_share_at_least=0.4,
)
BEGINNING = told(
    "negative_surge", "signal_negative_surge_hour_posts", strength=0.2, negatives=6, voices=9, share=0.67
)
NEWS = told(
    "burst",
    "signal_burst_hour_class",
    strength=2.0,
    polarity=Polarity.NEU,
    negatives=0,
    voices=11,
    share=0.0,
)
GROWN_TO_50 = told(
    "negative_surge", "signal_negative_surge_hour_posts", strength=1.1, negatives=50, voices=70, share=0.71
)


def spoken(*signals: Signal) -> Reason:
    found = verdict([FLOOD], heard(*signals))
    assert found is not None
    assert found.because is not None
    return found.because


def test_the_strongest_signal_of_the_rules_kinds_speaks_for_it() -> None:
    hot = told("board_entry", "signal_board_entry", strength=9.0, titles=3, troubled=2)
    assert spoken(BEGINNING, NEWS, GROWN_TO_50, hot) == GROWN_TO_50.because
    assert spoken(hot, GROWN_TO_50, NEWS, BEGINNING) == GROWN_TO_50.because


def test_where_no_signal_tells_as_much_as_the_rule_asks_the_numbers_that_met_it_are_said() -> None:
    because = spoken(BEGINNING, NEWS)
    assert say(because) == "「安屿」1 小时内 200 条，其中 90 条负面（45%），触达约 250,000。"
    assert say(because, "en").startswith("安屿: 200 mentions within 1 h, 90 of them negative (45%)")


def test_mere_talk_never_speaks_for_a_rule_that_trouble_met() -> None:
    both = rule(signals=("burst", "negative_surge"))
    found = verdict([both], heard(NEWS, BEGINNING))
    assert found is not None
    assert found.because == BEGINNING.because


def test_mere_talk_speaks_for_a_rule_that_asks_for_no_more() -> None:
    found = verdict([rule("burst_only", Severity.BLUE)], heard(NEWS))
    assert found is not None
    assert found.because == NEWS.because
    assert found.numbers == {}


def test_a_rule_that_asks_for_no_signal_is_spoken_for_by_whatever_stood_out() -> None:
    loud = rule(signals=(), voices_at_least=50)
    found, silent = verdict([loud], heard(GROWN_TO_50)), verdict([loud], heard())
    assert found is not None
    assert silent is not None
    assert (found.because, silent.because) == (GROWN_TO_50.because, None)
    assert silent.numbers == {"hours": 1.0, "voices": 200, "negatives": 90, "share": 0.45, "reach": 250_000}

"""News is given to the story it belongs to where the topic alone does not tell."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from alerting.decision import Decision
from alerting.incidents import join, open_incident
from alerting.stories import Part, joined_by_words, noted_beside, open_beside, sort_out
from tests.units.alerting.cast import MINUTE, NOW, ORANGE, opened, signal
from wanglou.domain.incident import Incident
from wanglou.domain.likeness import Likeness
from wanglou.domain.reason import Reason
from wanglou.domain.signal import Signal
from wanglou.domain.topic import Topic
from wanglou.wording import LANGUAGES, say

SHOWN = Likeness(20, 1, ("加密", "芯片"))
ALIKE = Likeness(20, 18, ("十年",))


@dataclass
class Told:
    """Ties that know: pairs of (signal, incident) that are apart, and which incidents are the same story."""

    strangers: set[tuple[str, str]] = field(default_factory=set)
    kin: set[str] = field(default_factory=set)

    def apart(self, signal: Signal, incident: Incident) -> Likeness | None:
        return SHOWN if (signal.key, incident.id) in self.strangers else None

    def same(self, signals: Sequence[Signal], incident: Incident, topic: Topic) -> Likeness | None:
        return ALIKE if incident.id in self.kin else None


FIRST = replace(opened(), id="first", number=1)
SECOND = replace(opened(), id="second", number=2, open_key="lock|安屿|false_advert|2")
LOUD, NEW = signal("burst"), signal("new_words")


def test_news_of_the_topic_stays_where_nothing_tells_it_apart() -> None:
    [part] = sort_out(FIRST, [FIRST], [LOUD, NEW], FIRST.topic, Told())
    assert part == Part(FIRST, (LOUD, NEW))


def test_what_is_of_another_story_becomes_one_of_its_own() -> None:
    parts = sort_out(FIRST, [FIRST], [LOUD, NEW], FIRST.topic, Told({(NEW.key, "first")}))
    assert parts == [Part(FIRST, (LOUD,)), Part(None, (NEW,), SHOWN)]


def test_what_is_of_another_story_goes_to_the_open_one_it_is_like() -> None:
    ties = Told({(NEW.key, "first"), (NEW.key, "second")}, kin={"second"})
    assert sort_out(FIRST, [SECOND, FIRST], [NEW], FIRST.topic, ties) == [Part(SECOND, (NEW,), ALIKE)]


def test_it_goes_to_the_second_of_the_topic_where_nothing_tells_it_apart_from_that() -> None:
    parts = sort_out(FIRST, [SECOND, FIRST], [NEW], FIRST.topic, Told({(NEW.key, "first")}))
    assert parts == [Part(SECOND, (NEW,))]


def test_news_of_another_topic_joins_the_story_whose_words_it_speaks() -> None:
    assert sort_out(None, [FIRST], [LOUD], Topic.SERVICE_COMPLAINT, Told(kin={"first"})) == [
        Part(FIRST, (LOUD,), ALIKE)
    ]
    assert sort_out(None, [FIRST], [LOUD], Topic.SERVICE_COMPLAINT, Told()) == [Part(None, (LOUD,))]


@given(
    st.permutations([LOUD, NEW, signal("negative_surge"), signal("slow_burn")]), st.sets(st.integers(0, 3))
)
def test_every_signal_finds_one_place_in_whatever_order_they_come(
    news: list[Signal], apart: set[int]
) -> None:
    kinds = ("burst", "new_words", "negative_surge", "slow_burn")
    ties = Told({(s.key, "first") for s in news if kinds.index(s.kind) in apart})
    parts = sort_out(FIRST, [FIRST], news, FIRST.topic, ties)
    in_order = sort_out(FIRST, [FIRST], sorted(news, key=lambda s: s.key), FIRST.topic, ties)
    assert sorted(s.key for p in parts for s in p.signals) == sorted(s.key for s in news)
    assert parts == in_order


def test_the_second_of_a_topic_has_a_key_of_its_own_and_both_records_say_so() -> None:
    decision = open_beside(open_incident(ORANGE, [NEW], 2, NOW), FIRST, SHOWN, [FIRST])
    assert decision.incident.open_key == f"{FIRST.open_key}|2"
    third = open_beside(open_incident(ORANGE, [NEW], 3, NOW), FIRST, SHOWN, [SECOND, FIRST])
    assert third.incident.open_key == f"{FIRST.open_key}|3"
    noted = noted_beside(FIRST, decision.incident, SHOWN, NOW)
    for spoken, number in ((decision, 1), (noted, 2)):
        assert f"#{number}" in said(spoken, "zh")
        assert "加密、芯片" in said(spoken, "en")


def test_a_join_by_words_keeps_the_topic_and_says_what_told() -> None:
    joined = join(FIRST, ORANGE, [LOUD], NOW + MINUTE)
    decision = joined_by_words(joined, Topic.SERVICE_COMPLAINT, ALIKE)
    assert decision.incident.topic is FIRST.topic
    assert decision.entries[0].facts["related"] == ALIKE.related
    assert all(say(Reason(e.kind, e.facts), lang) for e in decision.entries[:1] for lang in LANGUAGES)


def said(decision: Decision, language: str) -> str:
    entry = decision.entries[-1]
    return say(Reason(entry.kind, entry.facts), language)

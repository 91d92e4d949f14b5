"""Every detector that looks at mentions, found by itself, held to the seam."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from analysis.detector import Arrays, UnreadableStateError, dump, load
from analysis.mention_detector import LearningDetector, MentionDetector
from analysis.mention_detectors.authority import Authority
from tests.units.brand_talk import BRAND, NOW, history, nickname, seen
from wanglou.domain.mention import Said, SeenMention, Sentiment
from wanglou.domain.signal import Signal
from wanglou.domain.source import SourceClass
from wanglou.kinds import find_kind, known_kinds
from wanglou.wording import say

HOME = "analysis.mention_detectors"
KINDS = known_kinds(HOME)
LEARNING = [kind for kind in KINDS if isinstance(find_kind(HOME, kind)(), LearningDetector)]
LARGEST_STATE = 1 << 16
"""Bytes a brand, beside some scalars."""

WORDS = {"regulator": ("市场监管局",), "act": ("约谈",)}
GRAVE = ["安屿门锁起火致一人受伤", "安屿因起火被约谈并召回"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a kind is there to notice: the mentions, oldest first, and the brand's past."""

    mentions: Sequence[SeenMention]
    past: Sequence[SeenMention] = ()


def titles() -> list[SeenMention]:
    return [_on_a_list(seen(i, text, NOW + timedelta(hours=i))) for i, text in enumerate(GRAVE)]


def _on_a_list(post: SeenMention) -> SeenMention:
    match = replace(post.mention.match, spans=((0, len(BRAND)),))
    mention = replace(post.mention, source_class=SourceClass.BOARD, match=match)
    return SeenMention(mention, replace(post.item, title=post.item.text, text="", author=None))


TROUBLES: dict[str, Callable[[], Trouble]] = {
    "authority": lambda: Trouble([seen(1, "安屿因虚假宣传被市场监管局约谈")]),
    "board_entry": lambda: Trouble(titles()),
    "new_words": lambda: Trouble(nickname(8), history(days=20)),
}


def detector_of(kind: str, past: Sequence[SeenMention] = ()) -> MentionDetector | LearningDetector:
    detector = Authority(WORDS) if kind == "authority" else find_kind(HOME, kind)()
    if isinstance(detector, LearningDetector):
        return detector.knowing(detector.learn(detector.start(), said(past)))
    return detector


def said(mentions: Sequence[SeenMention]) -> list[Said]:
    return [s.said for s in mentions]


def look(
    detector: MentionDetector | LearningDetector,
    mentions: Sequence[SeenMention],
    arrived: Collection[str],
    now: datetime = NOW,
) -> list[Signal]:
    if isinstance(detector, LearningDetector):
        return detector.look(said(mentions), arrived, now)
    return detector.look(mentions, arrived, now)


def heard(kind: str, now: datetime = NOW + timedelta(hours=9)) -> list[Signal]:
    trouble = TROUBLES[kind]()
    arrived = {s.item.key for s in trouble.mentions}
    return look(detector_of(kind, trouble.past), trouble.mentions, arrived, now)


def same(one: Arrays, other: Arrays) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[k], other[k]) for k in one)


def test_every_kind_has_its_trouble_here() -> None:
    assert set(KINDS) == TROUBLES.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_named_like_its_module(kind: str) -> None:
    assert find_kind(HOME, kind)().kind == kind


@pytest.mark.parametrize("kind", KINDS)
def test_its_trouble_is_told_in_both_languages_with_its_evidence(kind: str) -> None:
    signals = heard(kind)

    assert signals
    for signal in signals:
        assert signal.kind == kind
        assert signal.strength >= 0
        assert signal.since <= signal.at <= signal.seen_at
        assert signal.at in signal.evidence
        assert signal.brand in say(signal.because, "zh")
        assert signal.brand in say(signal.because, "en")


@pytest.mark.parametrize("kind", KINDS)
def test_what_did_not_just_arrive_is_not_told_and_nothing_is_nothing(kind: str) -> None:
    trouble = TROUBLES[kind]()
    detector = detector_of(kind, trouble.past)

    assert look(detector, trouble.mentions, set()) == []
    assert look(detector, [], set()) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_what_is_seen_says_nothing(kind: str) -> None:
    trouble = TROUBLES[kind]()
    arrived = {s.item.key for s in trouble.mentions}
    detector, now = detector_of(kind, trouble.past), NOW + timedelta(hours=9)

    backwards = look(detector, [*reversed(trouble.mentions)], arrived, now)

    assert backwards == look(detector, trouble.mentions, arrived, now)


@pytest.mark.parametrize("kind", KINDS)
def test_good_news_is_no_trouble(kind: str) -> None:
    praise = [seen(i, f"安屿新锁真好用，推荐 {i}", NOW, Sentiment.POS) for i in range(9)]

    assert look(detector_of(kind, history(days=20)), praise, {s.item.key for s in praise}) == []


@pytest.mark.parametrize("kind", LEARNING)
def test_a_past_in_pieces_gives_the_same_state_and_leaves_the_one_given_alone(kind: str) -> None:
    detector: LearningDetector = find_kind(HOME, kind)()
    past = said(history(days=12))
    blank = detector.start()
    state = blank
    for begin in range(0, len(past), 7):
        state = load(dump(detector.learn(state, past[begin : begin + 7])))

    assert same(state, detector.learn(detector.start(), past))
    assert same(blank, detector.start())


@pytest.mark.parametrize("kind", LEARNING)
def test_where_a_glance_shows_nothing_the_whole_memory_shows_nothing(kind: str) -> None:
    trouble = TROUBLES[kind]()
    detector = detector_of(kind, trouble.past)
    assert isinstance(detector, LearningDetector)
    first = trouble.mentions[0].mention.published_at or NOW
    whole = [*history(days=2, until=first), *trouble.mentions]
    near = [s for s in whole if (s.mention.published_at or NOW) >= first - detector.near]
    arrived = {s.mention.item_key for s in trouble.mentions}

    assert look(detector, whole, arrived)
    assert look(detector, near, arrived)
    few = trouble.mentions[: detector.enough - 1]
    assert look(detector, few, {s.mention.item_key for s in few}) == []


@pytest.mark.parametrize("kind", LEARNING)
def test_what_is_learnt_of_a_brand_never_grows(kind: str) -> None:
    detector: LearningDetector = find_kind(HOME, kind)()
    state = detector.learn(detector.start(), said(history(days=60, a_day=20)))

    assert sum(array.nbytes for array in state.values()) <= LARGEST_STATE + 100
    assert len(dump(state)) <= LARGEST_STATE + 2_000


@pytest.mark.parametrize("kind", LEARNING)
def test_a_foreign_or_damaged_state_is_refused(kind: str) -> None:
    detector: LearningDetector = find_kind(HOME, kind)()
    good = detector.start()
    damaged = [{k: v for k, v in good.items() if k != lost} for lost in good]

    for bad in ({**good, "version": np.array(99)}, *damaged):
        with pytest.raises(UnreadableStateError):
            detector.knowing(bad)
        with pytest.raises(UnreadableStateError):
            detector.learn(bad, said(history(days=1)))

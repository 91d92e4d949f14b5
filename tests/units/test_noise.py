"""Which words would rid a watch of noise, and what each would cost."""

from hypothesis import given
from hypothesis import strategies as st

from analysis.matching import Matcher
from analysis.noise import LEAST, MOST, Hit, noisy_words, removed_by
from analysis.segmenting import QuickSegmenter
from wanglou.domain.client import Alias, Brand, Client
from wanglou.domain.item import Item
from wanglou.domain.watch import Not, Words

CUTTER = QuickSegmenter()


def unwanted(*texts: str) -> list[Hit]:
    return [Hit(text, unwanted=True, negative=False) for text in texts]


def complaints(*texts: str) -> list[Hit]:
    return [Hit(text, unwanted=False, negative=True) for text in texts]


RENTALS = unwanted(*(f"安屿小区租房，{n} 室一厅，中介勿扰" for n in range(1, 9)))
RACES = unwanted(*(f"安屿马拉松报名，第 {n} 组" for n in range(1, 5)))
ANGRY = complaints(*(f"安屿门锁第 {n} 次打不开，客服不管" for n in range(1, 7)))


def words_of(hits: list[Hit], *kept: str) -> list[str]:
    return [noisy.word for noisy in noisy_words(hits, CUTTER, ("安屿", *kept))]


def test_each_word_adds_to_those_before_and_counts_what_it_removes_alone() -> None:
    found = noisy_words([*RENTALS, *RACES, *ANGRY], CUTTER, ("安屿",))
    assert [(noisy.toll.hits, noisy.toll.unwanted, noisy.toll.negative) for noisy in found] == [
        (8, 8, 0),
        (4, 4, 0),
    ]
    assert found[1].word in {"马拉松", "报名"}


def test_a_word_that_complaints_use_too_is_not_proposed() -> None:
    shared = unwanted("安屿门锁测评", "安屿门锁开箱", "安屿门锁图集")
    assert "门锁" not in words_of([*shared, *ANGRY])
    assert words_of([*unwanted("安屿门锁测评", "安屿门锁测评二"), *ANGRY]) == ["测评"]


def test_neither_the_brand_nor_a_word_of_its_watch_is_proposed() -> None:
    assert "安屿" not in words_of(RENTALS)
    assert "租房" not in words_of(RENTALS, "租房")


def test_of_one_unwanted_hit_or_none_nothing_is_learnt() -> None:
    assert words_of([*RENTALS[:1], *ANGRY]) == []
    assert words_of(ANGRY) == []
    assert words_of([]) == []


def test_a_latin_word_is_counted_on_its_borders_alone() -> None:
    hits = [*unwanted("安屿 run 比赛", "安屿 run 集合"), *complaints("安屿 running 鞋开胶")]
    assert removed_by(hits, ["run"]).hits == 2


TEXTS = st.lists(st.text("安屿租房门锁电池 ab1", min_size=1, max_size=12), max_size=12)


@given(TEXTS, st.data())
def test_what_it_says_is_what_the_watch_would_then_do(texts: list[str], data: st.DataObject) -> None:
    hits = [Hit(f"安屿\n{text}", unwanted=data.draw(st.booleans()), negative=False) for text in texts]
    found = noisy_words(hits, CUTTER, ("安屿",))
    assert len(found) <= MOST
    for noisy in found:
        assert noisy.toll == removed_by(hits, [noisy.word])
        assert noisy.toll.unwanted >= LEAST
        brand = Brand("安屿", (Alias("安屿"),), watch=Not(Words(noisy.word)))
        matcher = Matcher([Client("lock", "安屿", (brand,))])
        left = [t for t in texts if matcher.matches(Item("s", "", "安屿", t))]
        assert len(texts) - len(left) == noisy.toll.hits

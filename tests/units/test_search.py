"""Full-text search: which texts a query hits, and where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.search import LONGEST_QUERY, grams, parse

TEXT = "安屿智能锁昨夜打不开门,客服让等三天。我要投诉!"


def finds(words: str, text: str) -> bool:
    """What an index may answer with, checked as a reader of the index must."""
    query = parse(words)
    found_by = grams(text)
    could = set(query.grams) <= found_by and all(
        any(gram.startswith(b) for gram in found_by) for b in query.beginnings
    )
    assert could or not query.fits(text), "the index would lose a text that fits"
    return could and query.fits(text)


@pytest.mark.parametrize(
    "words", ["投诉", "打不开", "锁", "诉", "投訴", "投诉 客服", '"打不开门"', '"三天。我要投诉"']
)
def test_words_of_any_length_hit(words: str) -> None:
    assert finds(words, TEXT)


@pytest.mark.parametrize("words", ["诉投", "锁门", "投诉 退款", "开门客", "天我要", "谢"])
def test_what_is_not_there_does_not_hit(words: str) -> None:
    assert not finds(words, TEXT)


def test_pairs_side_by_side_are_not_enough() -> None:
    assert not finds("投诉信", "投诉我们,诉信用卡")


@pytest.mark.parametrize("words", ["iphone", "IPHONE", "iPhone"])  # full width
def test_latin_words_hit_in_any_width_and_case(words: str) -> None:
    assert finds(words, "新 iPhone 也一样")


def test_quotes_keep_words_together_and_an_open_quote_ends_with_the_query() -> None:
    assert parse('"新 锁" 坏').terms == ("新 锁", "坏")
    assert parse("“新 锁”坏").terms == ("新 锁", "坏")
    assert parse('坏 "新 锁').terms == ("坏", "新 锁")
    assert not finds('"新 锁"', "新买的 锁")


@pytest.mark.parametrize("words", ["", "   ", '""', "!?。", "\0", '" OR 1=1 --'[:1]])
def test_a_query_of_nothing_asks_for_nothing(words: str) -> None:
    assert parse(words).terms == ()


def test_hits_are_marked_where_they_stand() -> None:
    text = "別碰這個鎖:投訴、投诉"
    assert [text[a:b] for a, b in parse("投诉 锁").spans(text)] == ["鎖", "投訴", "投诉"]


def test_a_pasted_article_is_cut_to_a_query() -> None:
    assert sum(map(len, parse("投诉" * 10_000).terms)) <= LONGEST_QUERY


@given(st.text(max_size=60), st.data())
def test_every_piece_of_a_text_finds_it(text: str, data: st.DataObject) -> None:
    pieces = " ".join(parse(text).terms)
    start = data.draw(st.integers(0, max(len(pieces) - 1, 0)))
    end = data.draw(st.integers(start, len(pieces)))
    words = pieces[start:end].replace('"', "")
    if parse(words).terms:
        assert finds(words, text)


@given(st.text())
def test_grams_hold_nothing_that_could_end_a_condition(text: str) -> None:
    for gram in grams(text):
        assert 1 <= len(gram) <= 2
        assert not set(gram) & set("\"'\\ *()&|:!<>\0¶")

"""Laws of cleaning over every Han character, and inputs that try to break reading."""

import unicodedata
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from analysis.brand_reader import LONGEST_READ, Asked, BrandReader
from analysis.matching import Matcher
from analysis.model import load_weights
from analysis.reading import Reader
from analysis.segmenting import QuickSegmenter
from analysis.text import clean, clean_text, fold, is_han
from wanglou.domain.agency import Lexicon
from wanglou.domain.client import Alias, Brand, Client
from wanglou.domain.item import Item
from wanglou.domain.mention import Match, Reading, Sentiment

BLOCKS = {
    "unified": range(0x4E00, 0xA000),
    "extension A": range(0x3400, 0x4DC0),
    "extension B": range(0x20000, 0x2A6E0),
    "extensions C to F": range(0x2A700, 0x2EBF0),
    "extension I": range(0x2EBF0, 0x2EE60),
    "extensions G and H": range(0x30000, 0x323B0),
    "compatibility": range(0xF900, 0xFB00),
    "compatibility supplement": range(0x2F800, 0x2FA20),
}


def characters(block: range) -> list[str]:
    """Those of the block that this Python's Unicode has given a meaning."""
    return [
        c for c in map(chr, block) if unicodedata.category(c) == "Lo" and "CJK" in unicodedata.name(c, "")
    ]


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
def test_every_han_character_becomes_exactly_one_and_stays(block: range) -> None:
    found = [(c, fold(c)) for c in characters(block)]
    assert [c for c, folded in found if len(folded) != 1 or not is_han(folded)] == []
    assert [c for c, folded in found if fold(folded) != folded] == []


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
def test_cleaning_a_whole_block_drops_nothing_and_is_idempotent(block: range) -> None:
    whole = "".join(characters(block))
    cleaned = clean_text(whole)
    assert len(cleaned) == len(whole)
    assert clean_text(cleaned) == cleaned
    assert clean(whole).text == cleaned
    assert clean(whole).offsets[:, 0].tolist() == list(range(len(whole)))


def test_the_blocks_hold_what_they_should() -> None:
    """A check that cannot be empty: 20,000 and 40,000 characters are in the two largest."""
    assert len(characters(BLOCKS["unified"])) >= 20_900
    assert len(characters(BLOCKS["extension B"])) >= 42_700


@pytest.mark.parametrize("listed", ["t2s", "hk2s"])
def test_twins_of_the_two_scripts_are_cleaned_to_the_same(listed: str) -> None:
    """Every character of the map: over 3,000 have a simplified twin."""
    simplify = OpenCC(listed)
    both = [(c, simplify.convert(c)) for block in BLOCKS.values() for c in characters(block)]
    assert sum(one != other for one, other in both) > 3_000
    assert [pair for pair in both if clean_text(pair[0]) != clean_text(pair[1])] == []


# -- inputs that try to break it

CLIENT = Client("lock", "安屿", (Brand("安屿", (Alias("AnyuLock"),)),))


@pytest.fixture(scope="module")
def reader() -> BrandReader:
    lexicon = Lexicon(negations=("没有",), crisis={"product_safety": ("起火",)})
    return BrandReader(Reader(load_weights(), lexicon, QuickSegmenter(["安屿"])), "v")


def found_in(text: str) -> list[Match]:
    return Matcher([CLIENT]).matches(Item("s", "", "", text))


def read(reader: BrandReader, text: str) -> Reading:
    [match] = found_in(text)
    return reader.read([Asked("", text, match.spans)])[0]


PLAIN = "安屿半夜起火，客服不管，太坑了"
TRADITIONAL = OpenCC("s2t").convert
SAID = (
    *(
        "半夜起火",
        "客服不管",
        "太坑了",
        "没有起火",
        "质量问题严重",
        "发货很快，点赞",
        "后悔买它",
        "干净又卫生",
    ),
    *(
        "里面的电池鼓包",
        "历来口碑不错",
        "台风天也能开锁",
        "面条里有虫",
        "说不上好坏",
        "比別家的强",
        "[怒]",
        "今天上市",
    ),
)


@pytest.mark.parametrize(
    "text",
    [
        "安\u200b屿半夜起\u200d火，客服不管，太坑了",
        "安\u00ad屿半夜起火，客\ufeff服不管，太坑了",
        "\u202e安屿半夜起火，客服不管，太坑了\u202c",
        "\u2067安屿\u2069半夜起火，客服不管，太坑了",
        "安屿半夜起\ufffe火，客服不管，太坑了",
        "安屿半夜起火\ud83d，客服不管，太坑了",
        "安嶼半夜起火，客服不管，太坑了",
        "安屿半夜起火&#65292;客服不管，太坑了",
    ],
    ids=["zero width", "soft hyphen", "override", "isolate", "FFFE", "surrogate", "traditional", "entity"],
)
def test_tricks_with_characters_change_no_reading(reader: BrandReader, text: str) -> None:
    plain, found = read(reader, PLAIN), read(reader, text)
    assert (found.label, found.topics, found.words) == (plain.label, plain.topics, plain.words)
    assert found.p_neg == pytest.approx(plain.p_neg)


@pytest.mark.parametrize("name", ["ＡｎｙｕＬｏｃｋ", "ANYULOCK", "Any\u200buLock", "Ányülock"])
def test_a_latin_name_is_found_however_it_is_dressed(reader: BrandReader, name: str) -> None:
    assert read(reader, f"{name} 半夜起火，太坑了").label is Sentiment.NEG


@given(st.lists(st.sampled_from(SAID), min_size=1, max_size=6))
def test_twins_of_the_two_scripts_are_read_the_same(reader: BrandReader, said: list[str]) -> None:
    plain = "安屿" + "，".join(said)
    assert read(reader, TRADITIONAL(plain)) == read(reader, plain)


def test_marks_stand_on_the_tricked_words_as_they_were_written(reader: BrandReader) -> None:
    text = "\u202e安\u200b屿半夜起\u200b火，太坑了"
    whole = f"\n{text}"
    assert "起\u200b火" in [whole[a:b] for a, b in read(reader, text).marks]


def test_letters_buried_in_marks_are_still_read(reader: BrandReader) -> None:
    buried = "".join(c + "\u0300\u0489\u0335" * 8 for c in "起火")
    assert read(reader, f"安屿半夜{buried}，太坑了").label is Sentiment.NEG


@pytest.mark.parametrize(
    "filler",
    [
        "安屿比",
        "比",
        "“好”",
        "但是",
        "没有",
        "竞品，",
        "所谓好",
        "好" * 40 + "。",
        "受伤无人",
        "\u0301",
        "a ",
        "😡",
    ],
)
def test_a_megabyte_of_anything_is_read_by_its_beginning(reader: BrandReader, filler: str) -> None:
    text = "安屿，" + filler * (1_000_000 // len(filler))
    [found] = reader.read([Asked("", text, ((1, 3),))])
    assert found.p_neg + found.p_neu + found.p_pos == pytest.approx(1)
    assert all(start < end <= len(text) + 1 for start, end in found.marks)


def test_what_stands_behind_the_beginning_does_not_count(reader: BrandReader) -> None:
    calm = "安屿今天开门。" + "天" * LONGEST_READ
    assert read(reader, calm + "起火").topics == ()


@pytest.mark.parametrize("text", ["", "😡", "\ud800", "\ufffe", "\u200b", "؟", "\n\n", "."])
def test_next_to_nothing_is_read_and_not_believed(reader: BrandReader, text: str) -> None:
    [found] = reader.read([Asked(text, "", ())])
    assert found.unsure or text == "😡"


def test_every_reading_of_a_block_of_characters_has_its_probabilities(reader: BrandReader) -> None:
    sample = chain.from_iterable(characters(block)[::997] for block in BLOCKS.values())
    for found in reader.read([Asked("", f"安屿{c}", ((1, 3),)) for c in sample]):
        assert found.p_neg + found.p_neu + found.p_pos == pytest.approx(1)

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.jieba_segmenter import Segmenter
from analysis.text import clean, clean_text, fold, fold_traced, is_han

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
MARKUP = st.sampled_from(
    [
        "<b>",
        "</p>",
        "<a href='x'>",
        "<",
        ">",
        "&amp;",
        "&lt;",
        "&#64;",
        "＆",
        "&",
        "@",
        "＠",
        "@小明 ",
        "http://a.cn/x",
        "://",
        "www.",
        "ww",
        "w.",
        "t.cn/",
        "#38;",
        "amp;",
        "lt;",
        " ",
        "\n",
        "安",
        "Ａ",
        "ﷺ",
        "㎏",
        "\u200d",
        "か",
        "\u3099",
        "e\u0301",
        "\u1112\u1161\u11ab",
    ]
)
ANY_TEXT = st.one_of(st.text(max_size=60), st.lists(MARKUP, max_size=25).map("".join))
PLAIN = st.text(st.one_of(HAN, st.sampled_from("abcXYZ 019,。!？[]【】😂\n\t")), max_size=80)


@settings(max_examples=300)
@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once


@settings(max_examples=300)
@given(ANY_TEXT)
def test_the_batch_path_and_the_traced_path_agree(text: str) -> None:
    assert clean(text).text == clean_text(text)
    assert fold_traced(text).text == fold(text)


@settings(max_examples=200)
@given(ANY_TEXT)
def test_offsets_run_forward_inside_the_original(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.offsets.shape == (len(cleaned.text), 2)
    for start, end in cleaned.offsets.tolist():
        assert 0 <= start < end <= len(text)
    starts = cleaned.offsets[:, 0].tolist()
    assert starts == sorted(starts)


@settings(max_examples=200)
@given(PLAIN)
def test_every_han_character_is_kept_and_traced_to_itself(text: str) -> None:
    cleaned = clean(text)
    han = [i for i, c in enumerate(text) if is_han(c)]
    traced = [int(cleaned.offsets[i, 0]) for i, c in enumerate(cleaned.text) if is_han(c)]
    assert traced == han


@settings(max_examples=100)
@given(PLAIN)
def test_a_plain_character_maps_to_where_it_stood(text: str) -> None:
    cleaned = clean(text)
    for i, character in enumerate(cleaned.text):
        if character != " ":
            start, end = cleaned.span(i, i + 1)
            assert fold(text[start:end]) == character


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("安嶼智能鎖半夜自動打開", "安屿智能锁半夜自动打开"),
        ("ＡｎｙｕＬｏｃｋ　１２㎏", "anyulock 12kg"),
        ("看这里 https://t.cn/A6xQB3 气死了", "看这里 气死了"),
        ("看这里http://example.cn/a?b=1太差了", "看这里 太差了"),
        ("@安屿客服 你们管不管", "你们管不管"),
        ("回复@小-明:收到", "回复 :收到"),
        ("me@example.cn 是邮箱", "me@example.cn 是邮箱"),
        ("<p>第一段</p><br/>第二段", "第一段 第二段"),
        ("a<b，质量差，c>d", "a<b,质量差,c>d"),
        ("R&amp;B &amp;lt;b&amp;gt;听着&nbsp;烦", "r&b 听着 烦"),
        ("无语[怒]😡👨‍👩‍👧", "无语[怒]😡👨👩👧"),
        ("投\u200b诉\ufeff无\u0336门\x07", "投诉无门"),
        ("café ｶﾞ ①", "cafe ガ 1"),
        ("  两\n\n行 \t ", "两 行"),
        ("", ""),
    ],
)
def test_cleaning_keeps_words_and_mood_and_drops_the_rest(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


def test_a_long_run_after_an_at_sign_is_a_complaint_not_a_name() -> None:
    text = "@小明你看看这把锁昨天半夜自己打开了三次客服还说没有问题"
    assert clean_text(text) == text


def test_markup_nested_deeper_than_people_write_is_blunted_in_one_go() -> None:
    text = "&amp;" * 3_000 + "lt;b&gt;" + "<" * 3_000 + "坏" + "@" * 3_000
    cleaned = clean_text(text)
    assert "坏" in cleaned
    assert clean_text(cleaned) == cleaned


def test_a_span_covers_characters_that_grew_and_entities_that_shrank() -> None:
    text = "重１２㎏&amp;坏"
    cleaned = clean(text)
    assert cleaned.text == "重12kg&坏"
    start, end = cleaned.span(3, 6)
    assert text[start:end] == "㎏&amp;"


@pytest.fixture(scope="module")
def segmenter(tmp_path_factory: pytest.TempPathFactory) -> Segmenter:
    return Segmenter(tmp_path_factory.mktemp("jieba"), ["自燃門", "安屿锁"])


def test_the_agencys_own_words_stay_whole_in_either_script(segmenter: Segmenter) -> None:
    assert "自燃门" in segmenter.words("安屿锁自燃门上了热搜")
    assert "安屿锁" in segmenter.words("安屿锁自燃门上了热搜")


def test_joined_words_are_the_text_again(segmenter: Segmenter) -> None:
    text = clean_text("客服 不退款,气死[怒]😡 abc 3.5%")
    assert "".join(segmenter.words(text)) == text


def test_jiebas_cache_lies_in_the_folder_it_was_given(tmp_path: Path) -> None:
    Segmenter(tmp_path).words("投诉无门")
    assert [f.name for f in tmp_path.iterdir()] == ["jieba.cache"]

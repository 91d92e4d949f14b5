"""Charsets and markup: whatever the bytes, the words a reader sees."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.charset import decode
from crawlers.plain import one_line, plain_text

SIMPLIFIED = "安屿智能锁被曝夜间自行开启，多地用户说门自己开了，公司表示正在核查，镕字批次将召回。"
TRADITIONAL = "安嶼門鎖事件：委員會要求公司說明，已收到三十宗投訴，有用戶說門自己開了。"


@pytest.mark.parametrize(
    ("text", "written", "declared"),
    [
        (SIMPLIFIED, "utf-8", []),
        (SIMPLIFIED, "utf-8", ["gb2312"]),
        (SIMPLIFIED, "utf-8", ["iso-8859-1"]),
        (SIMPLIFIED, "gb18030", []),
        (SIMPLIFIED, "gb18030", ["gb2312"]),
        (SIMPLIFIED, "gb18030", ["utf-8"]),
        (SIMPLIFIED, "gb18030", ["iso-8859-1"]),
        (SIMPLIFIED, "gb18030", ["big5"]),
        (SIMPLIFIED, "gb18030", ["no-such-charset", "zlib_codec", "idna"]),
        (TRADITIONAL, "big5", []),
        (TRADITIONAL, "big5", ["utf-8"]),
        (TRADITIONAL, "big5", ["gbk"]),
        (TRADITIONAL, "gb18030", []),
        (f"<?xml?>{SIMPLIFIED}", "utf-16-le", []),
        (f"<?xml?>{SIMPLIFIED}", "utf-16-be", ["utf-8"]),
        ("Le café déjà fermé à Orléans", "latin-1", ["iso-8859-1"]),
    ],
)
def test_text_is_read_whatever_the_page_declares(text: str, written: str, declared: list[str]) -> None:
    assert decode(text.encode(written), declared) == text


@pytest.mark.parametrize(
    ("mark", "charset"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_a_byte_order_mark_is_believed_before_all_and_left_out(mark: bytes, charset: str) -> None:
    assert decode(mark + SIMPLIFIED.encode(charset), ["gb2312"]) == SIMPLIFIED


def test_one_damaged_byte_does_not_turn_a_page_into_another_charset() -> None:
    body = SIMPLIFIED.encode()
    damaged = body[:30] + b"\xff" + body[30:]
    assert decode(damaged, ["gb2312"]).replace("�", "") == SIMPLIFIED


@given(st.binary(max_size=200), st.lists(st.text(max_size=12), max_size=2))
def test_any_bytes_are_read_as_some_text(body: bytes, declared: list[str]) -> None:
    decode(body, declared)


@given(st.text(max_size=200))
def test_valid_utf8_is_never_taken_for_anything_else(text: str) -> None:
    body = text.encode("utf-8", "ignore")
    marks = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF8)
    if not body.startswith(marks) and b"\0" not in body[:4]:
        assert decode(body, ["gbk"]).encode() == body


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("两 行\n\n字", "两 行\n字"),
        ("<p>一</p><p>二<br>三</p>", "一\n二\n三"),
        ("甲&amp;乙 &lt;丙&gt;&nbsp;丁", "甲&乙 <丙> 丁"),
        ("<div>前<script>var a = '<p>';</script>后<style>p{}</style></div>", "前后"),
        ("一<!-- 隐 -->二<?php x ?>三", "一二三"),
        ("<ul><li>一<li>二</ul>尾", "一\n二\n尾"),
        ("<p>没有结束", "没有结束"),
        ("<table><tr><td>甲</td><td>乙</td></tr></table>", "甲\n乙"),
        ("\u3000\u3000全角空格<b>粗</b>体", "全角空格粗体"),
        ("", ""),
        ("<>", "<>"),
    ],
)
def test_markup_becomes_the_words_a_reader_sees(markup: str, words: str) -> None:
    assert plain_text(markup) == words


def test_markup_nested_ten_thousand_deep_is_read() -> None:
    assert "底" in plain_text("<div>" * 200 + "底" + "</div>" * 200)
    plain_text("<div>" * 10_000 + "底")


@given(st.text(max_size=200))
def test_plain_text_is_settled_and_without_controls(markup: str) -> None:
    words = plain_text(markup)
    assert words == words.strip()
    assert "\0" not in words
    assert "\n" not in one_line(words)


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=50))
def test_every_han_character_is_kept(text: str) -> None:
    assert plain_text(f"<p>{text}</p>") == text

"""A batch folded in one look reads as its texts do one by one."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from analysis.folding import clean_all, fold_all, trace
from analysis.matching import Matcher
from analysis.text import clean, fold, fold_traced
from wanglou.domain.client import Alias, Brand, Client
from wanglou.domain.item import Item

FILLER = "門鎖半夜自己打開，客服說沒有問題。" * 70
"""Long enough for the look: less is folded text by text."""

TRICKY = st.text(
    st.one_of(st.characters(), st.sampled_from("ａé…한ᄒ\u1161\u0301\u200b\ufe0f é\0<@＆か\u3099①㈱ﾊﾟ"))
)


@given(st.lists(TRICKY, max_size=8))
def test_texts_fold_and_clean_together_as_they_do_alone(texts: list[str]) -> None:
    batch = [FILLER, *texts, FILLER]
    folded = fold_all(batch)
    assert [one.text for one in folded] == [fold(text) for text in batch]
    for text, one in zip(batch, folded, strict=True):
        assert trace(text, one).offsets.tolist() == fold_traced(text).offsets.tolist()
    for text, cleaned in zip(batch, clean_all(batch), strict=True):
        assert cleaned.text == clean(text).text
        assert cleaned.offsets.tolist() == clean(text).offsets.tolist()


def test_every_character_folds_in_a_batch_as_it_does_alone() -> None:
    characters = [
        chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) not in {"Cn", "Co"}
    ]
    pairs = [f"门{character}锁" for character in characters]
    assert [one.text for one in fold_all(pairs)] == [fold(pair) for pair in pairs]


def test_names_are_found_in_a_batch_where_they_are_found_alone() -> None:
    client = Client(id="lock", name="安屿", brands=(Brand("安屿", aliases=(Alias("AnyuLock"),)),))
    texts = ["安嶼門鎖…", "Ａｎｙｕ Lock", "a\u0301 AnyuLock 3", "说的是安屿湾", "", FILLER]
    items = [Item("square", "", text, f"{text}{FILLER}") for text in texts]
    matcher = Matcher([client])
    assert matcher.named_all(items) == [matcher.named(item) for item in items]

"""Floors under our own sentences about brands, written beside the rules: reported apart, no proof."""

import csv

import pytest

from analysis.branded import score_for_brand
from analysis.floor_set import OWN_FOR_BRANDS
from analysis.jieba_segmenter import Segmenter
from analysis.model import load_weights
from analysis.reading import Reader
from wanglou.domain.agency import Lexicon


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(load_weights(), Lexicon(), Segmenter(tmp_path_factory.mktemp("jieba"), ()))


def rows() -> list[dict[str, str]]:
    with OWN_FOR_BRANDS.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_sentences_about_a_brand_read_better_for_the_brand_than_as_a_whole(reader: Reader) -> None:
    own, base = rows(), load_weights()
    for_brand = [score_for_brand(reader, base, r["text"], (r["brand"],)).score.label for r in own]
    whole = reader.score([r["text"].replace(r["brand"], "它") for r in own])
    right = sum(label.value == r["label"] for label, r in zip(for_brand, own, strict=True))
    right_whole = sum(s.label.value == r["label"] for s, r in zip(whole, own, strict=True))
    assert right / len(own) >= 0.84
    assert right >= right_whole + 6

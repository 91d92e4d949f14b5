import gzip
from pathlib import Path

import numpy as np
import pytest

from analysis.corpora import BadCorpusError, Part, part_of, read_corpora
from analysis.features import features
from analysis.measuring import Figures, ece, macro_f1, probabilities
from analysis.model import Weights, save
from analysis.training import Choices, train

SUBJECTS = [
    "门锁",
    "奶茶",
    "客服",
    "快递",
    "屏幕",
    "座椅",
    "包装",
    "软件",
    "电池",
    "面料",
    "早餐",
    "房间",
    "指纹",
    "香味",
]
PRAISE = ["很满意", "非常喜欢", "值得推荐", "好用极了", "太棒了", "物超所值", "给个好评"]
BLAME = ["太差了", "垃圾", "气死人", "再也不买", "坏得真快", "投诉无门", "糟糕透顶"]
FACTS = ["今天上市", "共有三款", "产自杭州", "分两种规格", "下周到货", "编号为七", "有白有灰"]
WHEN = ["昨天", "上周", "去年", "刚刚", "早上", "这次"]


def write(folder: Path, name: str, kinds: dict[str, list[str]]) -> None:
    rows = [
        f"{when}的{subject}，{words},{label}"
        for label, sayings in kinds.items()
        for words in sayings
        for subject in SUBJECTS
        for when in WHEN
    ]
    (folder / f"{name}.csv.gz").write_bytes(gzip.compress("\n".join(["text,label", *rows]).encode()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("corpora")
    write(where, "posts", {"neg": BLAME, "neu": FACTS, "pos": PRAISE})
    write(where, "reviews", {"neg": [f"{b}！" for b in BLAME], "pos": [f"{p}！" for p in PRAISE]})
    return where


@pytest.fixture(scope="module")
def stages() -> list[str]:
    return []


@pytest.fixture(scope="module")
def trained(folder: Path, stages: list[str]) -> tuple[Weights, Figures]:
    return train(read_corpora(folder), stages.append, own=())


def test_what_was_taught_is_read_on_texts_kept_back(
    trained: tuple[Weights, Figures], stages: list[str]
) -> None:
    weights, figures = trained
    assert figures.two_class > 0.95
    assert figures.macro_f1 > 0.95
    assert stages
    neg, neu, pos = probabilities(weights, ["新的门锁太差了", "新的门锁产自杭州", "新的门锁很满意"])
    assert [int(np.argmax(p)) for p in (neg, neu, pos)] == [0, 1, 2]


def test_the_same_texts_and_seed_give_the_same_bytes(folder: Path, trained: tuple[Weights, Figures]) -> None:
    again, _ = train(read_corpora(folder), lambda _: None, own=())
    assert save(again) == save(trained[0])


@pytest.mark.parametrize("weight", [0.0, 0.15])
def test_texts_of_two_class_corpora_teach_neutral_as_much_as_they_weigh(folder: Path, weight: float) -> None:
    weights, _ = train(read_corpora(folder), lambda _: None, choices=Choices(two_class_weight=weight), own=())
    of_reviews_alone = np.setdiff1d(features(["满意!"]).bucket, features(["满意"]).bucket)
    assert np.any(weights.neutral[of_reviews_alone]) == (weight > 0)


def test_without_kinds_every_text_is_believed_alike(folder: Path, trained: tuple[Weights, Figures]) -> None:
    weights, figures = train(read_corpora(folder), lambda _: None, choices=Choices(by_kind=False), own=())
    assert set(weights.kinds.stretch) == {1.0}
    assert set(weights.kinds.lean) == {0.0}
    assert set(trained[0].kinds.lean) != {0.0}
    assert figures.two_class > 0.95


def test_corpora_know_which_of_them_have_neutral_texts(folder: Path) -> None:
    corpora = read_corpora(folder)
    assert corpora.three_class == {"posts"}
    assert corpora.two_class == {"reviews"}


def test_a_changed_text_changes_the_digest(folder: Path, tmp_path: Path) -> None:
    write(tmp_path, "posts", {"neg": BLAME, "neu": FACTS, "pos": PRAISE[:-1]})
    write(tmp_path, "reviews", {"neg": BLAME, "pos": PRAISE})
    assert read_corpora(tmp_path).digest != read_corpora(folder).digest


def test_a_text_is_always_in_the_same_part_and_parts_have_their_shares() -> None:
    parts = [part_of(str(i), seed=1) for i in range(4_000)]
    assert parts == [part_of(str(i), seed=1) for i in range(4_000)]
    shares = {part: parts.count(part) / len(parts) for part in Part}
    assert shares[Part.TRAIN] == pytest.approx(0.85, abs=0.03)
    assert shares[Part.TEST] == pytest.approx(0.10, abs=0.03)
    assert parts != [part_of(str(i), seed=2) for i in range(4_000)]


@pytest.mark.parametrize(
    "content",
    [
        b"no gzip",
        gzip.compress(b"text,label\nbad,angry\n", mtime=0),
        gzip.compress(b"words\nx\n", mtime=0),
        gzip.compress(b"\xff\xfe\n", mtime=0),
    ],
)
def test_a_bad_corpus_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "posts.csv.gz").write_bytes(content)
    with pytest.raises(BadCorpusError, match=r"posts\.csv\.gz"):
        read_corpora(tmp_path)


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadCorpusError, match=r"no \*\.csv\.gz"):
        read_corpora(tmp_path)


def test_macro_f1_is_the_mean_of_the_classes() -> None:
    truth = np.array([0, 0, 1, 2])
    assert macro_f1(truth, truth) == 1.0
    assert macro_f1(truth, np.array([0, 0, 1, 1])) == pytest.approx((1 + 2 / 3 + 0) / 3)


def test_calibration_error_is_the_distance_of_words_from_deeds() -> None:
    sure = np.array([0.9] * 10)
    assert ece(sure, np.array([True] * 9 + [False])) == pytest.approx(0.0)
    assert ece(sure, np.array([False] * 10)) == pytest.approx(0.9)

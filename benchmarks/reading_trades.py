"""Draw what the sentiment weights trade: weights trained otherwise, each measure beside the others.

python -m benchmarks.reading_trades [--into docs/images]      half an hour of one core

The test part is left out of everything. In domain: trained on the rest, which is parted anew, and read on its
kept-back part, means of two such partings. Left out: corpora that the training never saw, all their texts.
"""

import sys
from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np

from analysis.corpora import Corpora, Part, pick, read_corpora
from analysis.floor_set import OWN, PLAIN
from analysis.measuring import Figures, judged, macro_f1
from analysis.model import CLASSES, Weights
from analysis.own_posts import sentences_in
from analysis.training import SEED, SHIPPED_CHOICES, Choices, train
from benchmarks.drawing import Axis, Line, asked_folder, bars, lines
from benchmarks.left_out import PAIRS, proxies, without
from benchmarks.measuring_data import measuring_data

TWO_CLASS_WEIGHTS = (0.0, 0.03, 0.15)
PARTINGS = (2, 3)
_SHARE = Axis("比例 share", 0.5, 1.0, "{:.3f}")


@dataclass(frozen=True, slots=True)
class NeutralTrade:
    """By what texts of two-class corpora weigh: macro-F1 in domain and left out, own sentences read right."""

    weight: float
    macro_f1: float
    left_out: float
    own: float


@dataclass(frozen=True, slots=True)
class KindTrade:
    """Of two classes, shares read wrongly and calibration errors, in domain and of corpora left out."""

    wrong: float
    wrong_weibo: float
    ece: float
    left_out_wrong: float
    left_out_ece: float


def without_test(corpora: Corpora) -> Corpora:
    """All but the test part."""
    kept = [place for place, part in enumerate(corpora.parts(SEED)) if part is not Part.TEST]
    return corpora.only(kept, f"{corpora.digest} without its test part")


def own_right(weights: Weights) -> float:
    """Share of our own posts read as a person would."""
    rows = [row for path in (OWN, PLAIN) for row in sentences_in(path)]
    verdicts = judged(weights, [row["text"] for row in rows])[1]
    return float(np.mean([CLASSES[v] == row["label"] for v, row in zip(verdicts, rows, strict=True)]))


def read_unseen(rest: Corpora, name: str, choices: Choices) -> float:
    """Macro-F1 on a corpus that the weights never saw."""
    places = [place for place, corpus in enumerate(rest.corpus) if corpus == name]
    weights = without(rest, [name], choices, PARTINGS[0])
    verdicts = judged(weights, pick(rest.text, places))[1]
    return macro_f1(np.array([rest.label[place] for place in places], dtype=np.int64), verdicts)


def neutral_trade(rest: Corpora, weight: float) -> NeutralTrade:
    """Train with this weight, on all and without each of the three-class corpora."""
    choices = Choices(two_class_weight=weight)
    trained = _partings(rest, choices)
    unseen = [read_unseen(rest, name, choices) for name in sorted(rest.three_class)]
    return NeutralTrade(
        weight,
        _mean([figures.macro_f1 for _, figures in trained]),
        _mean(unseen),
        _mean([own_right(weights) for weights, _ in trained]),
    )


def kind_trade(rest: Corpora, pairs: Sequence[str], *, by_kind: bool) -> KindTrade:
    """Train with or without kinds, on all and without each pair of corpora."""
    choices = Choices(by_kind=by_kind)
    figures = [figures for _, figures in _partings(rest, choices)]
    unseen = [proxy for pair in pairs for proxy in proxies(rest, pair.split("+"), choices, PARTINGS[0])]
    return KindTrade(
        1 - _mean([f.two_class for f in figures]),
        1 - _mean([f.weibo for f in figures]),
        _mean([f.two_class_ece for f in figures]),
        1 - _mean([proxy.accuracy for proxy in unseen]),
        _mean([proxy.ece for proxy in unseen]),
    )


def neutral_chart(found: Sequence[NeutralTrade]) -> str:
    """A line a measure over what texts of two-class corpora weigh."""
    drawn = [
        Line("领域内 in domain", [(t.weight, t.macro_f1) for t in found]),
        Line("未见语料 left out", [(t.weight, t.left_out) for t in found]),
        Line("自写句子 own posts", [(t.weight, t.own) for t in found]),
    ]
    x = Axis("两类语料在中性中的权重 weight of two-class texts for neutral", -0.005, 0.16)
    title = "中性：macro-F1 与自写句子准确率 Neutral: macro-F1, own sentences read right"
    return lines(title, drawn, x, _SHARE, TWO_CLASS_WEIGHTS)


def kind_chart(without_kinds: KindTrade, with_kinds: KindTrade) -> str:
    """A bar a measure, without and with kinds."""
    groups = ("错 wrong", "微博 Weibo", "校准 calibration", "未见 left out", "未见校准 calibr.")
    series = {"不分体裁 without kinds": astuple(without_kinds), "分体裁 with kinds": astuple(with_kinds)}
    y = Axis("越低越好 less is better", 0.0, 0.25, "{:.3f}")
    return bars("体裁：两类错误率与校准误差 Kinds: share wrong, calibration error", groups, series, y)


def main() -> None:
    into = asked_folder(__doc__)
    folder = measuring_data("sentiment")
    if folder is None:
        sys.exit("the sentiment corpora are not beside the checkout; set WANGLOU_SHARED")
    rest = without_test(read_corpora(folder))
    neutral = []
    for weight in TWO_CLASS_WEIGHTS:
        neutral.append(neutral_trade(rest, weight))
        print(neutral[-1], flush=True)
    kinds = []
    for by_kind in (False, SHIPPED_CHOICES.by_kind):
        kinds.append(kind_trade(rest, PAIRS, by_kind=by_kind))
        print(f"by kind: {by_kind}", kinds[-1], flush=True)
    (into / "reading-neutral.svg").write_text(neutral_chart(neutral), encoding="utf-8")
    (into / "reading-kinds.svg").write_text(kind_chart(*kinds), encoding="utf-8")


def _partings(rest: Corpora, choices: Choices) -> list[tuple[Weights, Figures]]:
    return [train(rest, lambda _: None, seed, choices) for seed in PARTINGS]


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


if __name__ == "__main__":
    main()

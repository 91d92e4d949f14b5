"""Draw the chart of docs/reading.md from what is measured now: accuracy and calibration against size.

python -m benchmarks.reading_charts [--into docs/images]      two minutes

The shipped weights are pruned to their heaviest ones; nothing is trained again, and the softmax stays.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.corpora import read_corpora
from analysis.measuring import Figures, measure
from analysis.model import Weights, load_weights, save
from analysis.training import SEED
from benchmarks.drawing import Axis, Line, lines
from benchmarks.measuring_data import measuring_data

KEPT = (10_000, 30_000, 100_000, 300_000, None)
"""Weights that stay in each of the two tables; None: all."""


def pruned(weights: Weights, kept: int | None) -> Weights:
    """The heaviest ``kept`` weights of either table, the others nought."""
    if kept is None:
        return weights
    return replace(
        weights, polarity=_heaviest(weights.polarity, kept), neutral=_heaviest(weights.neutral, kept)
    )


def sized(weights: Weights, measured: Figures) -> tuple[float, float, float, float]:
    """Megabytes on disk; accuracy over eight corpora and on Weibo; one minus the calibration error."""
    return (
        len(save(weights)) / 1e6,
        measured.two_class,
        measured.weibo,
        1 - measured.two_class_ece,
    )


def main() -> None:
    """Measure, print and draw."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--into", type=Path, default=Path(__file__).parents[1] / "docs" / "images")
    into = asked.parse_args().into
    folder = measuring_data("sentiment")
    if folder is None:
        sys.exit("the sentiment corpora are not beside the checkout; set WANGLOU_SHARED")
    corpora, whole = read_corpora(folder), load_weights()
    found = []
    for kept in KEPT:
        weights = pruned(whole, kept)
        found.append(sized(weights, measure(weights, corpora, SEED)))
        print(kept or "all", *(f"{value:.4f}" for value in found[-1]), flush=True)
    names = ("8 个语料 corpora", "微博 Weibo", "1 − 校准误差 calibration error")
    drawn = [Line(name, [(row[0], row[place + 1]) for row in found]) for place, name in enumerate(names)]
    x = Axis("模型文件 MB model file", 0.5, 2.5)
    y = Axis("准确率 accuracy", 0.7, 1.0, "{:.3f}")
    path = into / "reading-size.svg"
    path.write_text(
        lines("体积与准确率 Size and accuracy", drawn, x, y, (0.5, 1.0, 1.5, 2.0, 2.5)), encoding="utf-8"
    )
    print(path)


def _heaviest(table: NDArray[np.int16], kept: int) -> NDArray[np.int16]:
    sizes = np.abs(table)
    return np.where(sizes >= np.partition(sizes, -kept)[-kept], table, np.int16(0))


if __name__ == "__main__":
    main()

"""Draw the charts of size and speed of docs/reading.md from what is measured now.

python -m benchmarks.reading_charts [--into docs/images]      three minutes

The shipped weights are pruned to their heaviest ones; nothing is trained again, and the softmax stays. All
sizes and SnowNLP read in turns, so that what else the machine does falls on all alike.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np
from numpy.typing import NDArray
from snownlp import SnowNLP

from analysis.corpora import read_corpora
from analysis.jieba_segmenter import Segmenter
from analysis.measuring import Figures, measure
from analysis.model import Weights, load_weights, roots, save, tabled
from analysis.reading import Reader
from analysis.training import SEED
from benchmarks.drawing import Axis, Line, asked_folder, bars, lines
from benchmarks.measuring_data import measuring_data
from benchmarks.posts import posts
from wanglou.domain.agency import Lexicon

KEPT = (10_000, 30_000, 100_000, 300_000, None)
"""Weights that stay in each of the two tables; None: all."""

BATCHES = (1, 10, 100, 1_000)
SNOWNLP = "SnowNLP"
_DRAWN = (10_000, 100_000, None)
_TURN = 1_000
_POSTS = 15_000


@dataclass(frozen=True, slots=True)
class Runner:
    """``read`` reads posts; of each turn's posts it is given the first ``most``."""

    read: Callable[[Sequence[str]], object]
    most: int


def in_turns(
    runners: Mapping[str, Runner], texts: Sequence[str], clock: Callable[[], float] = process_time
) -> dict[str, float]:
    """Posts a second of ``clock`` by each runner; all read a part of ``texts`` before any reads the next.

    The first part is read once more beforehand and not counted: dictionaries load at the first use.
    """
    spent = dict.fromkeys(runners, 0.0)
    read = dict.fromkeys(runners, 0)
    parts = [texts[start : start + _TURN] for start in range(0, len(texts), _TURN)]
    for runner in runners.values():
        runner.read(parts[0][: runner.most])
    for part in parts:
        for name, runner in runners.items():
            given = part[: runner.most]
            began = clock()
            runner.read(given)
            spent[name] += clock() - began
            read[name] += len(given)
    return {name: read[name] / spent[name] for name in runners}


def pruned(weights: Weights, kept: int | None) -> Weights:
    """The heaviest ``kept`` weights of either table, the others nought."""
    if kept is None:
        return weights
    polarity, neutral = (roots(_heaviest(said, kept)) for said in (weights.polarity, weights.neutral))
    return replace(weights, table=tabled(polarity, neutral, weights.rarity))


def sized(weights: Weights, measured: Figures) -> tuple[float, float, float, float]:
    """Megabytes on disk; accuracy over eight corpora and on Weibo; one minus the calibration error."""
    return (
        len(save(weights)) / 1e6,
        measured.two_class,
        measured.weibo,
        1 - measured.two_class_ece,
    )


def size_chart(found: Sequence[tuple[float, float, float, float]]) -> str:
    """What ``sized`` gave, over megabytes."""
    names = ("8 个语料 corpora", "微博 Weibo", "1 − 校准误差 error")
    drawn = [Line(name, [(row[0], row[place + 1]) for row in found]) for place, name in enumerate(names)]
    x = Axis("模型文件 MB model file", 0.5, 2.5)
    y = Axis("准确率 accuracy", 0.86, 0.98, "{:.3f}")
    return lines("体积与准确率 Size and accuracy", drawn, x, y, (0.5, 1.0, 1.5, 2.0, 2.5))


def speed_chart(found: Mapping[str, float]) -> str:
    """How many times SnowNLP's posts a second each size reads, by the posts of a batch."""
    times = {
        f"{_told(kept)} 权重 weights": [found[speed_name(kept, batch)] / found[SNOWNLP] for batch in BATCHES]
        for kept in _DRAWN
    }
    most = max(value for values in times.values() for value in values)
    y = Axis("SnowNLP 的倍数 times", 0.0, float(np.ceil(most / 100) * 100), "{:.0f}")
    groups = [f"每批 {batch:,} 条 a batch" for batch in BATCHES]
    return bars("体积、批量与速度 Size, batch and speed", groups, times, y)


def speed_name(kept: int | None, batch: int) -> str:
    """Under which name a size is timed, so many posts a batch."""
    return f"{_told(kept)} by {batch}"


def runners_of(sizes: Mapping[int | None, Weights], folder: Path) -> dict[str, Runner]:
    """SnowNLP, and each size with each batch."""
    segmenter = Segmenter(folder)
    found = {SNOWNLP: Runner(lambda texts: [SnowNLP(text).sentiments for text in texts], 15)}
    for kept, weights in sizes.items():
        reader = Reader(weights, Lexicon(), segmenter)
        for batch in BATCHES:
            found[speed_name(kept, batch)] = Runner(_batches(reader, batch), min(_TURN, batch * 200))
    return found


def main() -> None:
    """Measure, print and draw."""
    into = asked_folder(__doc__)
    folder = measuring_data("sentiment")
    if folder is None:
        sys.exit("the sentiment corpora are not beside the checkout; set WANGLOU_SHARED")
    corpora, whole = read_corpora(folder), load_weights()
    sizes = {kept: pruned(whole, kept) for kept in KEPT}
    with TemporaryDirectory() as cache:
        speeds = in_turns(runners_of(sizes, Path(cache)), posts(_POSTS))
    found = []
    for kept, weights in sizes.items():
        found.append(sized(weights, measure(weights, corpora, SEED)))
        print(_told(kept), *(f"{value:.4f}" for value in found[-1]), *_speeds(speeds, kept), flush=True)
    _write(into / "reading-size.svg", size_chart(found))
    _write(into / "reading-speed.svg", speed_chart(speeds))


def _speeds(speeds: Mapping[str, float], kept: int | None) -> list[str]:
    """By batch: posts a CPU second, times SnowNLP's, share of what all weights read."""
    return [
        f"| {batch}: {speeds[speed_name(kept, batch)]:,.0f}"
        f" ×{speeds[speed_name(kept, batch)] / speeds[SNOWNLP]:.0f}"
        f" {speeds[speed_name(kept, batch)] / speeds[speed_name(None, batch)]:.2f}"
        for batch in BATCHES
    ]


def _batches(reader: Reader, batch: int) -> Callable[[Sequence[str]], object]:
    return lambda texts: [reader.score(texts[at : at + batch]) for at in range(0, len(texts), batch)]


def _told(kept: int | None) -> str:
    return "全部 all" if kept is None else f"{kept:,}"


def _write(path: Path, picture: str) -> None:
    path.write_text(picture, encoding="utf-8")
    print(path)


def _heaviest(table: NDArray[np.int16], kept: int) -> NDArray[np.int16]:
    sizes = np.abs(table)
    return np.where(sizes >= np.partition(sizes, -kept)[-kept], table, np.int16(0))


if __name__ == "__main__":
    main()

"""How weights read corpora they never saw, two classes: the proxy for brands' posts and reviews to come.

    python -m benchmarks.left_out [CORPUS+CORPUS …]      a minute and more a pair; four pairs are the default

A pair, one of posts and one of reviews where it can be, is left out of training and of calibration; then all
its pos and neg texts are read.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from analysis.corpora import Corpora, pick, read_corpora
from analysis.measuring import judged, two_class
from analysis.model import CLASSES, Weights, load_weights, save
from analysis.training import SEED, SHIPPED_CHOICES, Choices, train
from benchmarks.measuring_data import measuring_data

PAIRS = ("weibo2018+htl", "weibo100k+shop10", "covid7+nlpcc14", "waimai+chnsenti")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A corpus never seen: its pos and neg texts, shares told apart and called neutral, calibration error."""

    corpus: str
    texts: int
    accuracy: float
    ece: float
    neutral: float


def without(
    corpora: Corpora, names: Sequence[str], choices: Choices = SHIPPED_CHOICES, seed: int = SEED
) -> Weights:
    """Weights that never saw the corpora of these names, as they are read from a file."""
    kept = [place for place, corpus in enumerate(corpora.corpus) if corpus not in names]
    rest = corpora.only(kept, f"{corpora.digest} without {', '.join(names)}")
    weights, _ = train(rest, lambda _: None, seed, choices)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "weights.npz"
        path.write_bytes(save(weights))
        return load_weights(path)


def proxies(
    corpora: Corpora, names: Sequence[str], choices: Choices = SHIPPED_CHOICES, seed: int = SEED
) -> Iterator[Proxy]:
    """Leave these corpora out together and read each."""
    weights = without(corpora, names, choices, seed)
    for name in names:
        places = [place for place, corpus in enumerate(corpora.corpus) if corpus == name]
        truth = np.array([corpora.label[place] for place in places], dtype=np.int64)
        chances, verdicts = judged(weights, pick(corpora.text, places))
        accuracy, error = two_class(truth, chances)
        spoken = truth != CLASSES.index("neu")
        neutral = (verdicts[spoken] == CLASSES.index("neu")).mean()
        yield Proxy(name, int(spoken.sum()), accuracy, error, float(neutral))


def main(pairs: Sequence[str]) -> None:
    """Print a line a corpus and the mean."""
    folder = measuring_data("sentiment")
    if folder is None:
        sys.exit("the sentiment corpora are not beside the checkout; set WANGLOU_SHARED")
    corpora = read_corpora(folder)
    found: list[Proxy] = []
    for pair in pairs or PAIRS:
        for proxy in proxies(corpora, pair.split("+")):
            found.append(proxy)
            print(_line(proxy), flush=True)
    means = np.mean([(p.accuracy, p.ece, p.neutral) for p in found], axis=0).tolist()
    print(_line(Proxy("mean", sum(p.texts for p in found), *means)))


def _line(proxy: Proxy) -> str:
    told = f"accuracy {proxy.accuracy:.3f}, calibration error {proxy.ece:.3f}, neutral {proxy.neutral:.3f}"
    return f"{proxy.corpus} ({proxy.texts}): {told}"


if __name__ == "__main__":
    main(sys.argv[1:])

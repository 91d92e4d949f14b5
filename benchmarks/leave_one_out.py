"""A NAB score in which no series chooses the bar by which it is judged."""

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np

_PROFILE = "standard"


@dataclass(frozen=True, slots=True)
class NabScores:
    """Normalised, standard profile: by bars of the other series, by the detector's own, by the best bar."""

    left_out: float
    fixed: float
    best: float


def leave_one_out(tools: Path, detector: str, data: Path) -> NabScores:
    """Score ``detector`` (FILE.py:CLASS) by ``tools``/nab_score.py. Raises FileNotFoundError."""
    rules = loaded_tool(tools / "nab_score.py")
    kind = rules.load_class(detector)
    series = rules.load([str(data)])
    print(f"{detector} on {len(series)} series …", file=sys.stderr, flush=True)
    scores, _ = rules.run_detector(kind, series)
    raw = 0.0
    for held in range(len(series)):
        others = [i for i in range(len(series)) if i != held]
        bars, reached = rules.sweep([series[i] for i in others], [scores[i] for i in others], _PROFILE)
        raw += rules.raw_at([series[held]], [scores[held]], _PROFILE, bars[int(np.argmax(reached))])
    _, reached = rules.sweep(series, scores, _PROFILE)
    fixed = rules.raw_at(series, scores, _PROFILE, kind.threshold)
    each = (rules.normalise(series, _PROFILE, value) for value in (raw, fixed, float(reached.max())))
    return NabScores(*each)


def each_series(tools: Path, detector: str, data: Path) -> dict[str, float]:
    """The normalised score of each series by the detector's own bar; the series' short names."""
    rules = loaded_tool(tools / "nab_score.py")
    kind = rules.load_class(detector)
    series = rules.load([str(data)])
    print(f"{detector}, each of {len(series)} series …", file=sys.stderr, flush=True)
    scores, _ = rules.run_detector(kind, series)
    return {
        Path(one.key).stem.rpartition("_")[2]: float(
            rules.normalise([one], _PROFILE, rules.raw_at([one], [score], _PROFILE, kind.threshold))
        )
        for one, score in zip(series, scores, strict=True)
    }


def loaded_tool(path: Path) -> ModuleType:
    """A measuring tool as a module. Raises FileNotFoundError."""
    found = importlib.util.spec_from_file_location(path.stem, path)
    if not path.exists() or found is None or found.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(found)
    sys.modules[path.stem] = module
    found.loader.exec_module(module)
    return module

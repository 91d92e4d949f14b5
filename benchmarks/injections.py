"""The injection tool's own measuring, with our detectors looking at all its series at once: half a minute.

The tool feeds one value after the other to one detector a series, which takes an hour. What it feeds does not
hang on what it hears, so it runs twice: once to note every series it would feed, and once with their scores.
"""

import contextlib
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.detector import Buckets
from benchmarks.leave_one_out import loaded_tool
from benchmarks.nab_detector import Detector, score_of
from wanglou.domain.source import SourceClass
from wanglou.domain.volume import BUCKET, Series, bucket_of

Floats = NDArray[np.float64]
NAME = f"{Path(__file__).with_name('nab_detector.py')}:Detector"
TOOL = "nab_inject"


@dataclass(frozen=True, slots=True)
class Fed:
    """One series as the tool feeds it: rows where ``skip`` is set are not fed."""

    times: Sequence[datetime]
    values: Floats
    skip: NDArray[np.bool_] | None

    @property
    def steps(self) -> NDArray[np.int64]:
        """For each row the buckets since the first one."""
        begin = bucket_of(self.times[0].replace(tzinfo=UTC))
        return np.array([(bucket_of(t.replace(tzinfo=UTC)) - begin) // BUCKET for t in self.times])


def injected(tools: Path, data: Path, seeds: int = 5) -> dict[str, Any]:
    """The tool's figures for ``benchmarks/nab_detector.py``, as its own JSON has them.

    Raises FileNotFoundError without the tool.
    """
    tool = loaded_tool(tools / f"{TOOL}.py")
    asked: list[Fed] = []

    def note(
        _: object, times: Sequence[datetime], values: Floats, skip: NDArray[np.bool_] | None = None
    ) -> Floats:
        asked.append(Fed(times, values.copy(), None if skip is None else skip.copy()))
        nothing = np.zeros(len(values))
        nothing[-1] = 1.0  # the tool looks for a bar among scores: let it find one
        return nothing

    _figures(tool, note, data, seeds)
    heard = iter(scores_of(asked))
    return _figures(tool, lambda *_: next(heard), data, seeds)


def scores_of(asked: Sequence[Fed]) -> list[Floats]:
    """The score of each row of each series."""
    found: dict[int, Floats] = {}
    for times in dict.fromkeys(id(fed.times) for fed in asked):
        alike = [i for i, fed in enumerate(asked) if id(fed.times) == times]
        found |= dict(zip(alike, _together([asked[i] for i in alike]), strict=True))
    return [found[i] for i in range(len(asked))]


def _together(alike: Sequence[Fed]) -> Iterator[Floats]:
    """Scores of series that have the same times; of two rows in one bucket the first is heard."""
    steps = alike[0].steps
    rows, first = np.unique(steps, return_index=True)
    said = np.full((len(alike), int(rows[-1]) + 1), np.nan)
    for line, fed in zip(said, alike, strict=True):
        line[rows] = fed.values[first]
        if fed.skip is not None:
            line[rows[fed.skip[first]]] = np.nan
    for scores in _scores(said, bucket_of(alike[0].times[0].replace(tzinfo=UTC))):
        of_rows = np.zeros(len(steps))
        of_rows[first] = scores[rows]
        yield of_rows


def _scores(said: Floats, begin: datetime) -> Floats:
    series = [Series("benchmark", str(i), SourceClass.SOCIAL) for i in range(len(said))]
    starts = [begin + BUCKET * i for i in range(said.shape[1])]
    looks = Buckets(
        series, starts, said, said, np.nan_to_num(said) * 0, (~np.isnan(said)).astype(float), len(starts)
    )
    scores = np.zeros_like(said)
    for detector in Detector().detectors:
        for signal in detector.advance(detector.start(), looks, starts[-1] + timedelta(minutes=5))[1]:
            at = int(signal.brand), (bucket_of(signal.at) - begin) // BUCKET
            scores[at] = max(scores[at], score_of(signal))
    return scores


def _figures(tool: ModuleType, run: Callable[..., Floats], data: Path, seeds: int) -> dict[str, Any]:
    """Let the tool measure with ``run`` in place of its own; the file it writes is kept in memory."""
    file = io.StringIO()
    vars(tool).update(run=run, open=lambda *_: file)
    with contextlib.redirect_stdout(io.StringIO()):
        tool.main([NAME, "--data", str(data), "--fa", "1.0", "--seeds", str(seeds), "--json", "figures"])
    found: dict[str, Any] = json.loads(file.getvalue())[NAME]
    return found

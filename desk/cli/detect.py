"""Score one series of counts with the product's own detectors."""

import csv
import sys
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from analysis.detector import Detector
from desk.cli import _exits, _options
from desk.cli._streams import name_of, read_text, tell
from desk.counted import BadCountsError, Count, laid_out, read_counts
from wanglou.domain.reason import Reason
from wanglou.domain.signal import Signal
from wanglou.domain.volume import BUCKET, bucket_of
from wanglou.kinds import find_kind, known_kinds
from wanglou.wording import say

DETECTORS = "analysis.detectors"

NAMES_NEGATIVES = frozenset(f"signal_burst_{way}_posts" for way in ("hour", "day", "steady", "rare"))
"""Sentences of which there is one without negatives, ``…_counts`` in place of ``…_posts``."""


class Gaps(StrEnum):
    """What a missing line means."""

    UNSEEN = "unseen"
    ZERO = "zero"


def detect(
    file: Annotated[str, typer.Argument(metavar="COUNTS.csv", help="Columns timestamp,value; - is stdin.")],
    brand: Annotated[str, typer.Option(help="What the series is called in the reasons.")] = "series",
    zone: Annotated[str, typer.Option(help="Zone of times that name none.")] = "Asia/Shanghai",
    gaps: Annotated[
        Gaps, typer.Option(help="Whether a missing line was not observed, or nothing was said.")
    ] = (Gaps.UNSEEN),
    language: Annotated[
        _options.Language, typer.Option(help="What the reasons are said in.")
    ] = _options.Language.ZH,
) -> None:
    """Write timestamp,value,score,alert,because for each line of 5-minute counts, in the order given.

    score is 0 while nothing stands out, else 1 and more: 1 just worth saying, 2 grave. A column negatives,
    where there is one, is watched too; without it nothing is said of negatives. Exit code 1 where nothing
    stood out.
    """
    try:
        counts = read_counts(read_text(file).splitlines(), name_of(file), _zone(zone))
    except BadCountsError as error:
        raise _exits.UnreadableInputError(str(error)) from error
    loudest = _loudest(counts, brand, gaps_are_zero=gaps is Gaps.ZERO)
    _write(counts, loudest, language)
    tell(f"{len(counts)} counts, {len(loudest)} alerts")
    if not loudest:
        raise typer.Exit(_exits.FINDING)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise _exits.UsageError(f"--zone: there is no zone {name!r}; write one like Asia/Shanghai") from error


def _loudest(counts: list[Count], brand: str, *, gaps_are_zero: bool) -> dict[object, Signal]:
    """Start of a bucket → the strongest signal in it, of all detectors."""
    laid = laid_out(counts, brand, gaps_are_zero=gaps_are_zero)
    now = laid.starts[-1] + BUCKET
    found: dict[object, Signal] = {}
    for kind in known_kinds(DETECTORS):
        detector: Detector = find_kind(DETECTORS, kind)({})
        _, signals = detector.advance(detector.start(), laid, now)
        for signal in signals:
            start = bucket_of(signal.at)
            if start not in found or signal.strength > found[start].strength:
                found[start] = signal
    return found


def _write(counts: list[Count], loudest: dict[object, Signal], language: str) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["timestamp", "value", "score", "alert", "because"])
    for count in counts:
        signal = loudest.get(bucket_of(count.at))
        score = 1 + signal.strength if signal else 0.0
        because = say(_of_counts(signal.because, count), language) if signal else ""
        writer.writerow(
            [count.at.isoformat(sep=" "), f"{count.value:g}", f"{score:.3f}", int(bool(signal)), because]
        )


def _of_counts(because: Reason, count: Count) -> Reason:
    """Where nobody counted negatives, the sentence of a burst does not tell how many there were."""
    if count.negatives is not None or because.code not in NAMES_NEGATIVES:
        return because
    return Reason(f"{because.code.removesuffix('_posts')}_counts", because.facts)


PLUGIN = detect

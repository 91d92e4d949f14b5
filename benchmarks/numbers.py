"""The table of what reading and noticing reach: measure, rival, floor, target, got.

python -m benchmarks.numbers [NAME…] [--tools FOLDER] [--keep FILE]

NAME: headlines, boards, sentiment (a minute each), nab (some minutes), injections (two); without a name all.
``--tools`` holds nab_score.py, nab_inject.py and vendor_rule.py; without it nab and injections are left out.
What was measured goes to FILE as soon as it is known, and what stands there is not measured again: a run that
was broken off goes on where it was. Delete FILE when code or weights change.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import starmap
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from analysis.corpora import read_corpora
from analysis.measuring import measure
from analysis.model import load_weights
from analysis.training import SEED
from benchmarks.board_curve import cases, curve, listed_words, shipped
from benchmarks.headlines import figures
from benchmarks.injections import injected
from benchmarks.leave_one_out import leave_one_out
from benchmarks.measuring_data import measuring_data

DETECTOR = f"{Path(__file__).with_name('nab_detector.py')}:Detector"


@dataclass(frozen=True, slots=True)
class Number:
    """One line of the table, as text.

    ``rival``: of the same run for nab, injections and boards; SnowNLP's and the word list's are earlier ones.
    """

    measure: str
    rival: str
    floor: str
    target: str
    got: str


@dataclass(frozen=True, slots=True)
class Places:
    """Where data and tools lie."""

    replay: Path | None
    sentiment: Path | None
    nab: Path | None
    tools: Path | None


def headlines(places: Places) -> list[Number]:
    if places.replay is None:
        return []
    found = figures(places.replay)
    alone, context = found["alone"], found["context"]
    return [
        Number("headlines, with 48 h: macro-F1", "word list .48", ".55", ".62", _share(context.macro_f1)),
        Number("headlines, with 48 h: F1 of neg", "word list .48", ".72", ".78", _share(context.f1_neg)),
        Number("headlines, alone: macro-F1", "", "", "", _share(alone.macro_f1)),
        Number("headlines, alone: F1 of neg", "", "", "", _share(alone.f1_neg)),
    ]


def boards(places: Places) -> list[Number]:
    if places.replay is None:
        return []
    found = cases(places.replay)
    ours, two = shipped(found), listed_words(found, 2)
    rows = [
        ("crises on hot lists <= 6 h", _share(two.found), ".85", ".90", ours.found),
        ("... false alarms a brand-week", _share(two.false_alarms), "<= .10", "<= .10", ours.false_alarms),
        ("... in launch weeks", _share(two.benign), "<= .20", "<= .16", ours.benign),
        ("... 42 bursts of other brands", _share(two.bursts), ".65", "", ours.bursts),
    ]
    table = [Number(name, f">= 2 words: {rival}", f, t, _share(got)) for name, rival, f, t, got in rows]
    return table + [
        Number("... curve: crises / bursts", "", f"<= {at.false_alarms:.3f}", "", _pair(at.found, at.bursts))
        for at in curve(found)
    ]


def sentiment(places: Places) -> list[Number]:
    if places.sentiment is None:
        return []
    got = measure(load_weights(), read_corpora(places.sentiment), SEED)
    return [
        Number("two classes, mean of 8 corpora", "SnowNLP .705", ".875", ".885", _share(got.two_class)),
        Number("two classes, Weibo", "SnowNLP .571", ".88", ".895", _share(got.weibo)),
        Number("three classes: macro-F1", "", ".64", ".67", _share(got.macro_f1)),
        Number(
            "calibration error, two classes", "SnowNLP .20", "<= .03", "<= .025", _share(got.two_class_ece)
        ),
        Number("... of perfect probabilities", "", "", "", _share(got.two_class_least_ece)),
    ]


def nab(places: Places) -> list[Number]:
    if places.nab is None or places.tools is None:
        return []
    ours = leave_one_out(places.tools, DETECTOR, places.nab)
    rival = leave_one_out(places.tools, f"{places.tools / 'vendor_rule.py'}:Detector", places.nab)
    return [
        Number("NAB, bar of the other series", _plain(rival.left_out), "70", "78", _plain(ours.left_out)),
        Number("NAB, the product's own bar", _plain(rival.fixed), "70", "78", _plain(ours.fixed)),
        Number("NAB, best bar, known afterwards", _plain(rival.best), "", "", _plain(ours.best)),
    ]


def injections(places: Places) -> list[Number]:
    if places.nab is None or places.tools is None:
        return []
    vendor = rival_injected(places.tools, places.nab)
    ours = injected(places.tools, places.nab)
    asked = {
        "flash x4": (".20", ".40"),
        "flash x8": (".48", ".70"),
        "flash x16": (".69", ".90"),
        "slow x4": (".58", ".80"),
        "slow x8": (".85", ".95"),
    }
    found = [
        Number(f"injected {name}", _found(vendor[name]), floor, target, _found(ours[name]))
        for name, (floor, target) in asked.items()
    ]
    ways = [f"outage {hours} h, {way}" for way in ("not observed", "zero-filled") for hours in (6, 36)]
    return found + [
        Number(f"{way}: added + hidden", str(sum(vendor[way][:2])), "<= 2", "0", str(sum(ours[way][:2])))
        for way in ways
    ]


MEASURES: Mapping[str, Callable[[Places], list[Number]]] = {
    "headlines": headlines,
    "boards": boards,
    "sentiment": sentiment,
    "nab": nab,
    "injections": injections,
}


def main(argv: Sequence[str] | None = None) -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("names", nargs="*", metavar="NAME")
    asked.add_argument("--tools", type=Path)
    asked.add_argument("--keep", type=Path)
    given = asked.parse_args(argv)
    if unknown := set(given.names) - MEASURES.keys():
        asked.error(f"no measure {min(unknown)!r}; there are {', '.join(MEASURES)}")
    names = given.names or list(MEASURES)
    places = Places(measuring_data("replay"), measuring_data("sentiment"), measuring_data("nab"), given.tools)
    print(as_table(measured(names, places, given.keep)))


def measured(names: Sequence[str], places: Places, keep: Path | None) -> list[Number]:
    """The numbers of ``names``, those in the file ``keep`` taken from there."""
    known = json.loads(keep.read_text(encoding="utf-8")) if keep and keep.exists() else {}
    for name in names:
        if name not in known:
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            known[name] = [asdict(number) for number in MEASURES[name](places)]
            if keep:
                keep.write_text(json.dumps(known, ensure_ascii=False, indent=1), encoding="utf-8")
    return [Number(**row) for name in names for row in known[name]]


def as_table(numbers: Sequence[Number]) -> str:
    """Aligned columns with a head."""
    head = Number("measure", "rival", "floor", "target", "got")
    rows = [list(asdict(number).values()) for number in (head, *numbers)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(starmap(str.ljust, zip(row, widths, strict=True))).rstrip() for row in rows)


def rival_injected(tools: Path, data: Path) -> dict[str, Any]:
    """The tool's figures for the vendors' documented rule, by the tool alone."""
    detector = f"{tools / 'vendor_rule.py'}:Detector"
    print(f"injecting into {data.name} for {detector} …", file=sys.stderr, flush=True)
    with TemporaryDirectory() as folder:
        out = Path(folder) / "found.json"
        command = [sys.executable, str(tools / "nab_inject.py"), detector, "--data", str(data)]
        subprocess.run([*command, "--fa", "1.0", "--json", str(out)], check=True, stdout=sys.stderr)  # noqa: S603 -- the measuring tool named on our command line
        found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))[detector]
    return found


def _found(line: Mapping[str, Any]) -> str:
    delay = line["median_delay_min"]
    return _share(line["found"]) + (f" at {delay:.0f} min" if delay is not None else "")


def _share(value: float) -> str:
    return f"{value:.3f}"


def _pair(one: float, other: float) -> str:
    return f"{_share(one)} / {_share(other)}"


def _plain(value: float) -> str:
    return f"{value:.1f}"


if __name__ == "__main__":
    main()

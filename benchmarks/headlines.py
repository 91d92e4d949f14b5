"""Headlines for the brand: cross-validated figures, and the shipped weights made anew.

python -m benchmarks.headlines             prints the figures, with and without the brand's last 48 hours
python -m benchmarks.headlines OUT.json    also writes weights learnt from all of them
"""

import csv
import gzip
import json
import sys
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from analysis.headline_training import Headline, HeadlineFigures, cross_validate, fit, read_own, written
from analysis.model import load_weights
from benchmarks.measuring_data import measuring_data

SEEDS = (0, 1, 2)
_BEFORE = timedelta(hours=48)


class Stream:
    """Every title of the hot lists with the time it was first seen, in order."""

    def __init__(self, folder: Path) -> None:
        found = [_seen(line) for file in sorted(folder.glob("*-hot.*.gz")) for line in _lines(file)]
        found.sort()
        self._at = [at for at, _ in found]
        self._titles = [title for _, title in found]
        self._first = {title: at for at, title in reversed(found)}

    def before(self, title: str, names: Sequence[str], exclude: Sequence[str]) -> tuple[str, ...]:
        """The brand's other titles in the 48 hours before ``title`` was first seen; it looks back only."""
        at = self._first.get(_tight(title))
        if at is None:
            return ()
        recent = self._titles[bisect_left(self._at, at - _BEFORE) : bisect_left(self._at, at)]
        return tuple(t for t in recent if t != _tight(title) and _names_one(t, names, exclude))


def read_labelled(folder: Path) -> tuple[list[Headline], list[Headline]]:
    """The 300 judged headlines and the rougher ones, both with their context."""
    events = json.loads((folder / "events.json").read_text(encoding="utf-8"))["events"]
    brands = {e["brand"]: e for e in events}
    stream = Stream(folder)
    judged, rough = (
        [_headline(row, brands, stream) for row in _rows(folder / name)]
        for name in ("titles_labelled.csv", "titles_labelled_more.csv")
    )
    return judged, rough


def figures(folder: Path) -> dict[str, HeadlineFigures]:
    """Cross-validated by brand: titles alone, and with the brand's last 48 hours."""
    base = load_weights()
    judged, rough = read_labelled(folder)
    own = read_own()
    alone = cross_validate(base, _without(judged), [*_without(rough), *own], SEEDS)
    return {"alone": alone, "context": cross_validate(base, judged, [*rough, *own], SEEDS)}


def main(arguments: Sequence[str]) -> None:
    """Print, and write where asked."""
    folder = measuring_data("replay")
    if folder is None:
        sys.exit("the labelled headlines are not beside the checkout; set WANGLOU_SHARED")
    found = {name: asdict(value) for name, value in figures(folder).items()}
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    for out in arguments:
        judged, rough = read_labelled(folder)
        learnt = fit(load_weights(), [*judged, *rough, *read_own()])
        Path(out).write_text(written(learnt), encoding="utf-8")


def _without(rows: Sequence[Headline]) -> list[Headline]:
    return [replace(h, context=()) for h in rows]


def _headline(row: dict[str, str], brands: dict[str, Any], stream: Stream) -> Headline:
    event = brands.get(row["brand"], {})
    names = tuple(dict.fromkeys([row["brand"], *event.get("aliases", [])]))
    context = stream.before(row["title"], names, event.get("exclude", []))
    return Headline(row["brand"], names, row["title"], row["label"], context)


def _names_one(title: str, names: Sequence[str], exclude: Sequence[str]) -> bool:
    for word in exclude:
        title = title.replace(word, "")
    return any(name in title for name in names)


def _seen(line: str) -> tuple[datetime, str]:
    record = json.loads(line)
    return datetime.fromisoformat(record["first_seen"]), _tight(record["title"])


def _tight(title: str) -> str:
    return title.replace(" ", "")


def _lines(file: Path) -> list[str]:
    with gzip.open(file, "rt", encoding="utf-8") as stream:
        return list(stream)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


if __name__ == "__main__":
    main(sys.argv[1:])

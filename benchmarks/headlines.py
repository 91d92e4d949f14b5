"""Headlines for the brand: cross-validated figures, and the shipped weights made anew.

python -m benchmarks.headlines            prints the figures, with and without the brand's last 48 hours
python -m benchmarks.headlines FOLDER     also writes weights learnt from all of them

``title_labels.tsv`` holds labels, but no titles: a row is for the title whose sha256 begins with ``title``,
for the brand whose name stands in it from ``begin`` on. The titles are in the measuring data.
"""

import csv
import gzip
import hashlib
import json
import sys
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from analysis.headline_grams import LEARNT as GRAMS
from analysis.headline_grams import save_grams
from analysis.headline_training import (
    Headline,
    HeadlineFigures,
    Material,
    cross_validate,
    fit,
    prepare,
    read_own,
    written,
)
from analysis.headlines import LEARNT
from analysis.model import Weights, load_weights
from benchmarks.measuring_data import measuring_data

SEEDS = (0, 1, 2)
LABELS = Path(__file__).parent / "title_labels.tsv"
_KEY = 16
_BEFORE = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Moment:
    """A title that came onto a list."""

    at: datetime
    title: str


class Stream:
    """Every title of the hot lists with the time it was first seen, in order."""

    def __init__(self, folder: Path) -> None:
        found = [_seen(line) for file in sorted(folder.glob("*-hot.*.gz")) for line in _lines(file)]
        found.sort()
        self._at = [at for at, _ in found]
        self._titles = [title for _, title in found]
        self._first = {title: at for at, title in reversed(found)}
        self.titles = tuple(dict.fromkeys(self._titles))

    def before(self, title: str, names: Sequence[str], exclude: Sequence[str]) -> tuple[str, ...]:
        """The brand's other titles in the 48 hours before ``title`` was first seen; it looks back only."""
        at = self._first.get(_tight(title))
        if at is None:
            return ()
        recent = self._titles[bisect_left(self._at, at - _BEFORE) : bisect_left(self._at, at)]
        return tuple(t for t in recent if t != _tight(title) and _names_one(t, names, exclude))

    def naming(self, names: Sequence[str], exclude: Sequence[str]) -> list[Moment]:
        """Every time a title with one of ``names`` came onto a list, in order."""
        found = zip(self._at, self._titles, strict=True)
        return [Moment(at, title) for at, title in found if _names_one(title, names, exclude)]


@dataclass(frozen=True, slots=True)
class Labelled:
    """The 300 judged headlines, all others with a label, and every title there is."""

    judged: Sequence[Headline]
    also: Sequence[Headline]
    titles: Sequence[str]


def read_labelled(folder: Path) -> Labelled:
    """Everything labelled with its context; the project's own headlines have none."""
    events = json.loads((folder / "events.json").read_text(encoding="utf-8"))["events"]
    brands = {e["brand"]: e for e in events}
    stream = Stream(folder)
    judged, rough = (
        [_headline(row, brands, stream) for row in _rows(folder / name)]
        for name in ("titles_labelled.csv", "titles_labelled_more.csv")
    )
    known = {_tight(h.title) for h in (*judged, *rough)}
    more = [h for h in _labelled_by_key(stream, events) if h.title not in known]
    also = [*(replace(h, counts=0.5) for h in rough), *more, *read_own()]
    return Labelled(judged, also, stream.titles)


def material_of(base: Weights, found: Labelled) -> Material:
    """What can be learnt from, the judged headlines first."""
    return prepare(base, [*found.judged, *found.also], found.titles)


def figures(folder: Path, seeds: Sequence[int] = SEEDS) -> dict[str, HeadlineFigures]:
    """Cross-validated by brand: titles alone, and with the brand's last 48 hours."""
    base, found = load_weights(), read_labelled(folder)
    alone, context = cross_validate(material_of(base, found), base, len(found.judged), seeds)
    return {"alone": alone, "context": context}


def write_weights(folder: Path, out: Path) -> None:
    """Learn from everything and write both files into ``out``."""
    base = load_weights()
    learnt = fit(base, material_of(base, read_labelled(folder)))
    (out / LEARNT.name).write_text(written(learnt.headlines), encoding="utf-8")
    (out / GRAMS.name).write_bytes(save_grams(learnt.grams))


def main(arguments: Sequence[str]) -> None:
    """Print, and write where asked."""
    folder = measuring_data("replay")
    if folder is None:
        sys.exit("the labelled headlines are not beside the checkout; set WANGLOU_SHARED")
    found = {name: asdict(value) for name, value in figures(folder).items()}
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    for out in arguments:
        write_weights(folder, Path(out))


def _labelled_by_key(stream: Stream, events: Sequence[dict[str, Any]]) -> Iterator[Headline]:
    titles = {hashlib.sha256(title.encode()).hexdigest()[:_KEY]: title for title in stream.titles}
    brands = {alias: event for event in events for alias in (event["brand"], *event["aliases"])}
    for row in _rows(LABELS, "\t"):
        if (title := titles.get(row["title"])) is None:
            continue
        name = title[int(row["begin"]) :][: int(row["length"])]
        event = brands.get(name, {})
        names = tuple(dict.fromkeys([name, *event.get("aliases", [])]))
        context = stream.before(title, names, event.get("exclude", []))
        yield Headline(event.get("brand", name), names, title, row["label"], context, 0.5)


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


def _rows(file: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=delimiter))


if __name__ == "__main__":
    main(sys.argv[1:])

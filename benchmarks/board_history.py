"""Real hot lists as the history of many brands, each read by weights that learnt nothing of it.

Brands are those of the events and bursts of the measuring data, and all others with a few labelled titles.
Beside the troubles marked there, ``title_troubles.tsv`` names the titles with which further ones began: the
second labelled as trouble within a day, chosen by reading. Like ``title_labels.tsv`` it holds no words.
"""

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from analysis.board_features import Title
from analysis.board_titles import once, title_of
from analysis.headline_training import Headline, read_own, without
from analysis.headlines import judge_headlines
from analysis.model import load_weights
from benchmarks.headlines import Labelled, Moment, Stream, material_of, read_labelled

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
GROUPS = 8
"""Of brands; each is read and judged by what the others teach."""

TROUBLES = Path(__file__).parent / "title_troubles.tsv"
_FEWEST = 4
"""Labelled titles of a brand, from which on its weeks are taken for known."""

_LOOK_ALIKES = {
    "荣耀": ("王者荣耀",),
    "国航": ("中国航",),
    "小鹏": ("李小鹏", "徐小鹏"),
    "南航": ("海南航",),
    "京东": ("京东方",),
}
_KEY = 16

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A marked trouble. ``kind``: crisis (of the events), burst (the set's) or further (ours)."""

    brand: str
    kind: str
    first: datetime
    onset: datetime


@dataclass(frozen=True, slots=True)
class Named:
    """What a brand is called, and the words that hold its name by chance."""

    names: tuple[str, ...]
    exclude: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """Brand → its titles in order, and what is marked.

    ``doubtful``: two titles labelled as trouble within a day, where no trouble is marked; neither way counts.
    """

    group: Mapping[str, int]
    titles: Mapping[str, Sequence[Title]]
    events: Sequence[Mapping[str, Any]]
    troubles: Sequence[Trouble]
    doubtful: Sequence[tuple[str, Span]]
    blocks: Sequence[Span]


def read_history(folder: Path) -> History:
    """Everything, in half a minute of reading."""
    events = json.loads((folder / "events.json").read_text(encoding="utf-8"))["events"]
    bursts = json.loads((folder / "other_bursts.json").read_text(encoding="utf-8"))
    labelled, stream = read_labelled(folder), Stream(folder)
    brands = _brands(events, bursts, labelled)
    moments = {b: once(stream.naming(n.names, n.exclude), _said) for b, n in brands.items()}
    order = np.random.default_rng(0).permutation(np.array(sorted(brands))).tolist()
    group = {brand: place % GROUPS for place, brand in enumerate(order)}
    marked = [_crisis(e) for e in events if e["label"] == "crisis"] + [_burst(b) for b in bursts]
    further, doubtful = _further(brands, moments, labelled, [*marked, *_praised(events)])
    return History(
        group,
        _read(brands, moments, group, labelled),
        events,
        [*marked, *further],
        doubtful,
        _blocks(folder),
    )


def span_of(ends: Sequence[str]) -> Span:
    """Two times of the marks."""
    return datetime.fromisoformat(ends[0]), datetime.fromisoformat(ends[1])


def first_of(event: Mapping[str, Any]) -> datetime:
    """When an event's first title came onto either list."""
    firsts = [event.get("first_related"), event.get("zhihu_first_related")]
    return min(datetime.fromisoformat(first) for first in firsts if first)


def _brands(
    events: Sequence[Mapping[str, Any]], bursts: Sequence[Mapping[str, Any]], labelled: Labelled
) -> dict[str, Named]:
    known = {e["brand"]: Named(tuple(e["aliases"]), tuple(e["exclude"])) for e in events}
    known |= {b["brand"]: Named((b["brand"],), _LOOK_ALIKES.get(b["brand"], ())) for b in bursts} | known
    called = {name for brand, named in known.items() for name in (brand, *named.names)}
    called |= {headline.brand for headline in read_own()}
    counts = Counter(headline.brand for headline in (*labelled.judged, *labelled.also))
    others = [b for b, n in counts.items() if n >= _FEWEST and len(b) > 1 and b not in called]
    return known | {b: Named((b,), _LOOK_ALIKES.get(b, ())) for b in others}


def _read(
    brands: Mapping[str, Named],
    moments: Mapping[str, Sequence[Moment]],
    group: Mapping[str, int],
    labelled: Labelled,
) -> dict[str, list[Title]]:
    base = load_weights()
    material = material_of(base, labelled)
    found = {}
    for number in range(GROUPS):
        held = [brand for brand in brands if group[brand] == number]
        learnt = without(material, base, [Headline(b, (b, *brands[b].names), "", "neu") for b in held])
        for brand in held:
            asked = [(m.title, brands[brand].names, ()) for m in moments[brand]]
            read = judge_headlines(base, learnt.headlines, learnt.grams, asked)
            found[brand] = [title_of(m.at, r) for m, r in zip(moments[brand], read, strict=True)]
    return found


def _said(moment: Moment) -> tuple[datetime, str]:
    return moment.at, moment.title


def _crisis(event: Mapping[str, Any]) -> Trouble:
    return Trouble(event["brand"], "crisis", first_of(event), datetime.fromisoformat(event["onset"]))


def _burst(burst: Mapping[str, Any]) -> Trouble:
    onset = datetime.fromisoformat(burst["onset"])
    return Trouble(burst["brand"], "burst", onset, onset)


def _praised(events: Sequence[Mapping[str, Any]]) -> Iterator[Trouble]:
    for event in events:
        if event["label"] == "positive":
            onset = datetime.fromisoformat(event["onset"])
            yield Trouble(event["brand"], "positive", onset, onset)


def _further(
    brands: Mapping[str, Named],
    moments: Mapping[str, Sequence[Moment]],
    labelled: Labelled,
    known: Sequence[Trouble],
) -> tuple[list[Trouble], list[tuple[str, Span]]]:
    """Troubles of ours, and pairs of labelled titles that were not taken for one."""
    chosen = _chosen()
    bad = {(h.brand, h.title) for h in (*labelled.also, *labelled.judged) if h.label == "neg"}
    bad -= {(h.brand, h.title) for h in labelled.judged if h.label != "neg"}
    further, doubtful = [], []
    for brand, named in brands.items():
        onsets = [t.onset for t in known if t.brand == brand]
        for first, second in _pairs([m for m in moments[brand] if (brand, m.title) in bad]):
            if any(-7 * DAY <= second.at - onset <= 14 * DAY for onset in onsets):
                continue
            if _place(second.title, named.names) in chosen:
                further.append(Trouble(brand, "further", first.at, second.at))
            else:
                doubtful.append((brand, (first.at - HOUR, second.at + 2 * DAY)))
    return further, doubtful


def _pairs(bad: Sequence[Moment]) -> Iterator[tuple[Moment, Moment]]:
    """Two titles of trouble within a day, once a story of three days."""
    last: datetime | None = None
    for first, second in pairwise(bad):
        if second.at - first.at <= DAY:
            if last is None or second.at - last > 3 * DAY:
                yield first, second
            last = second.at


def _place(title: str, names: Sequence[str]) -> tuple[str, int, int]:
    """How a title and the first of the brand's names in it are written without words."""
    begin, length = min((title.find(n), -len(n)) for n in names if n in title)
    return hashlib.sha256(title.encode()).hexdigest()[:_KEY], begin, -length


def _chosen() -> set[tuple[str, int, int]]:
    with TROUBLES.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t")
        return {(row["title"], int(row["begin"]), int(row["length"])) for row in rows}


def _blocks(folder: Path) -> list[Span]:
    """The stretches of time the lists cover; years lie between them."""
    names = {file.name.split(".")[1] for file in folder.glob("*-hot.*.gz")}
    ends = [
        [datetime.strptime(f"{end}+0800", "%Y%m%d%z") for end in name.split("-")] for name in sorted(names)
    ]
    return [(begin, end) for begin, end in ends]

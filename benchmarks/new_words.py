"""New words on talk of real wording: quiet weeks, waves of ordinary complaints, and words that are born.

    python -m benchmarks.new_words [CORPUS…]      some minutes; one corpus is one brand's mentions

Texts and labels are those of the sentiment corpora, drawn by chance, so that nothing is born in them; a word
is born where an invented one is put between two words of so many complaints within six hours.
"""

import argparse
import csv
import gzip
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from analysis.detector import untold
from analysis.mention_detectors.new_words import LAG, MEMORY, NewWords
from analysis.segmenting import QuickSegmenter
from analysis.text import clean_text
from benchmarks.measuring_data import measuring_data
from wanglou.domain.item import Author, Item
from wanglou.domain.mention import Match, Mention, Reading, SeenMention, Sentiment
from wanglou.domain.signal import Signal
from wanglou.domain.source import SourceClass

CORPORA = ("waimai", "car", "htl", "weibo2018")
A_DAY = (3, 30, 150)
SEEDS = {3: 12, 30: 8, 150: 3}
"""Mentions a day, and how often each is simulated."""

PEOPLE = (6, 10, 20)
QUIET, BEFORE = 42, 21
"""Days of a quiet stretch, and before a wave or a birth."""

T0 = datetime(2026, 1, 5, tzinfo=UTC)
HOUR, DAY, STEP = timedelta(hours=1), timedelta(days=1), timedelta(hours=6)
WAVE_DAYS, WAVE_LASTS = 5, 12 * HOUR
"""A wave of ordinary complaints: as many as all mentions of so many days, within so long."""

_SYLLABLES = (
    "门锁水电车刀雷火慢漏臭毒坑假虚空心王侠神鬼怪虎鸡鸭猫狗盒袋杯纸"
    "茶烟灰墙楼桥冰铁铜砖泥沙雪霜风云雨闪震爆裂缩胀哑聋盲瘸"
)
_PARTS = (
    *(
        "雪糕",
        "刺客",
        "水袋",
        "空心",
        "纸板",
        "漏风",
        "智商",
        "韭菜",
        "镰刀",
        "公主",
        "背锅",
        "弹簧",
        "豆腐",
        "盲盒",
    ),
    *(
        "僵尸",
        "幽灵",
        "胶水",
        "塑料",
        "橡皮",
        "纸糊",
        "玻璃",
        "气球",
        "泡沫",
        "冰箱",
        "慢充",
        "快闪",
        "灵车",
        "棺材",
    ),
)

Text = tuple[str, Sentiment]


def texts(folder: Path, corpus: str) -> list[Text]:
    """A corpus's texts with their labels."""
    with gzip.open(folder / f"{corpus}.csv.gz", "rt", encoding="utf-8") as stream:
        return [(row["text"], Sentiment(row["label"])) for row in csv.DictReader(stream)]


def spoken(number: int, text: Text, at: datetime) -> SeenMention:
    """One mention by a person of its own."""
    item = Item("measured", f"https://measured.example/{number}", "", text[0], Author(f"{number}"), at)
    match = Match("measured", "brand", "brand", ())
    reading = Reading("label", 0.0, 0.0, 0.0, text[1], unsure=False)
    key = f"{number:08}"
    mention = Mention(
        *("measured", "brand", key, 1, "measured", SourceClass.SOCIAL, at, at, at, match, reading, key),
        voice=True,
        reach=0,
    )
    return SeenMention(mention, item)


def drawn(pool: Sequence[Text], a_day: float, days: int, chance: np.random.Generator) -> list[SeenMention]:
    """So many days' mentions, oldest first; a text comes again only when all have come."""
    n = int(chance.poisson(a_day * days))
    order = np.concatenate([chance.permutation(len(pool)) for _ in range(n // len(pool) + 1)])[:n]
    times = sorted(T0 + DAY * float(d) for d in chance.uniform(0, days, n))
    return [spoken(i, pool[k], at) for i, (k, at) in enumerate(zip(order, times, strict=True))]


def told(detector: NewWords, mentions: Sequence[SeenMention]) -> list[Signal]:
    """What the product would have told, mention by mention; it learns as its pipeline does."""
    times = [s.mention.published_at or T0 for s in mentions]
    said = [s.said for s in mentions]
    state, through, learnt, found = detector.start(), T0, 0, list[Signal]()
    for i, (seen, at) in enumerate(zip(mentions, times, strict=True)):
        through += max((at - LAG - through) // STEP, 0) * STEP
        until = bisect_left(times, through)
        state, learnt = detector.learn(state, said[learnt:until]), until
        if detector.is_worth_a_look(seen.mention):
            near = said[bisect_left(times, at - MEMORY) : i + 1]
            found += untold(detector.knowing(state).look(near, {seen.mention.item_key}, at), found)
    return found


@dataclass(frozen=True, slots=True)
class Bench:
    """Simulations over one corpus."""

    pool: Sequence[Text]
    detector: NewWords
    cutter: QuickSegmenter

    def quiet(self, a_day: float, seed: int) -> tuple[int, float]:
        """Signals, and brand-weeks after the first one."""
        days = min(QUIET, int(len(self.pool) / a_day))
        found = told(self.detector, drawn(self.pool, a_day, days, np.random.default_rng(seed)))
        return len(found), (days - 7) / 7

    def wave(self, a_day: float, seed: int) -> bool:
        """Whether a wave of ordinary complaints is taken for a new word."""
        chance = np.random.default_rng([seed, 1])
        more = max(20, round(a_day * WAVE_DAYS))
        return bool(self._after(a_day, chance, more, WAVE_LASTS, lambda text: text))

    def birth(self, a_day: float, people: int, seed: int) -> bool:
        """Whether an invented word that so many use is told, whole."""
        chance = np.random.default_rng([seed, people])
        word = invented(chance)
        found = self._after(a_day, chance, people, STEP, lambda text: self._with(text, word, chance))
        return word in {s.because.facts["word"] for s in found}

    def _after(
        self,
        a_day: float,
        chance: np.random.Generator,
        people: int,
        lasts: timedelta,
        worded: Callable[[str], str],
    ) -> list[Signal]:
        onset = T0 + DAY * (BEFORE - 1) + HOUR * float(chance.uniform(0, 12))
        bad = [text for text in self.pool if text[1] is Sentiment.NEG]
        more = [
            spoken(
                1_000_000 + i,
                (worded(bad[int(k)][0]), Sentiment.NEG),
                onset + lasts * float(chance.uniform()),
            )
            for i, k in enumerate(chance.integers(0, len(bad), people))
        ]
        talk = sorted([*drawn(self.pool, a_day, BEFORE, chance), *more], key=_at)
        return [s for s in told(self.detector, talk) if s.at >= onset]

    def _with(self, text: str, word: str, chance: np.random.Generator) -> str:
        words = self.cutter.words(clean_text(text))
        place = int(chance.integers(len(words) + 1))
        return "".join([*words[:place], word, *words[place:]])


def invented(chance: np.random.Generator) -> str:
    """A word like those people make: three syllables, or two words, or a word and a syllable."""
    parts = chance.choice(_PARTS, 2, replace=False).tolist()
    syllables = chance.choice(list(_SYLLABLES), 3, replace=False).tolist()
    return "".join((syllables, parts, [parts[0], syllables[0]])[int(chance.integers(3))])


def rows(bench: Bench, corpus: str) -> Iterator[str]:
    """A line for each number of mentions a day."""
    for a_day in A_DAY:
        if a_day * BEFORE > len(bench.pool):
            continue
        seeds = range(SEEDS[a_day])
        quiet = [bench.quiet(a_day, seed) for seed in seeds]
        alarms = sum(n for n, _ in quiet) / sum(weeks for _, weeks in quiet)
        waves = np.mean([bench.wave(a_day, seed) for seed in seeds])
        births = " / ".join(
            f"{np.mean([bench.birth(a_day, people, seed) for seed in seeds]):.2f}" for people in PEOPLE
        )
        yield f"{corpus:10} {a_day:5} {alarms:8.4f} {waves:8.2f}   {births}"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("corpora", nargs="*", default=CORPORA, metavar="CORPUS")
    given = asked.parse_args()
    folder = measuring_data("sentiment")
    if folder is None:
        asked.error("the sentiment corpora are not beside the checkout; set WANGLOU_SHARED")
    cutter = QuickSegmenter()
    detector = replace(NewWords(), words=cutter)
    print("corpus     a day  alarms/week  waves   born words found, by people:", *PEOPLE)
    for corpus in given.corpora:
        for row in rows(Bench(texts(folder, corpus), detector, cutter), corpus):
            print(row, flush=True)


def _at(seen: SeenMention) -> datetime:
    return seen.mention.published_at or seen.mention.first_seen


if __name__ == "__main__":
    main()

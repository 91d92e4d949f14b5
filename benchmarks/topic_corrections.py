"""What corrections of topics teach: texts are corrected as a desk would, later ones read before and after.

    python -m benchmarks.topic_corrections CAR_ASPECT.csv.gz CAR.csv.gz

A car forum's texts with their aspect (columns text, label) and with their sentiment, filed by two desks that
our words do not fit. One files whatever is said by its aspect, under a topic of its own choice. The other
files complaints: what speaks ill of safety, engine or handling, or of the price; all else is no trouble to
it. The first N misread texts are corrected, 1,500 later ones are all of what comes in then.
"""

import csv
import gzip
import random
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from analysis.brand_reader import Asked, BrandReader
from analysis.model import Weights, load_weights
from analysis.reading import Reader
from analysis.segmenting import QuickSegmenter
from analysis.topic_trial import TopicMarks
from analysis.topic_trying import TopicCase, read_topics
from desk.cli._reader import words_of
from desk.learning import learn
from desk.lessons import CorrectedTopics, Gathered, GatheredTopics
from desk.sample import SAMPLE_CONFIG
from wanglou.domain.correction import Correction, CorrectionKind
from wanglou.domain.topic import Topic

BY_ASPECT = {
    "power": Topic.OUTAGE,
    "price": Topic.PRICE_OR_PROMISE,
    "fuel": Topic.ENVIRONMENT,
    "equipment": Topic.DATA_LEAK,
    "comfort": Topic.SERVICE_COMPLAINT,
    "handling": Topic.EXECUTIVE,
    "safety": Topic.PRODUCT_SAFETY,
    "exterior": Topic.RUMOUR,
    "interior": Topic.LABOUR,
    "space": Topic.FINANCE,
}
COMPLAINTS = {
    **dict.fromkeys(("safety", "power", "handling"), Topic.PRODUCT_SAFETY),
    "price": Topic.PRICE_OR_PROMISE,
}
CORRECTED = (150, 300, 600, 2_000)
LATER = 1_500
SEED = 17
NOW = datetime(2026, 11, 29, tzinfo=UTC)


def forum(aspects: Path, sentiments: Path) -> Iterator[tuple[str, list[TopicCase]]]:
    """Each desk's name, and the texts in an order of chance with the topics it files them under."""
    rows, moods = _rows(aspects), dict(_rows(sentiments))
    random.Random(SEED).shuffle(rows)  # noqa: S311 -- an order, no secret
    yield "every aspect", [_case(text, BY_ASPECT.get(label)) for text, label in rows]
    angry = {text for text, mood in moods.items() if mood == "neg"}
    yield (
        "complaints",
        [_case(t, COMPLAINTS.get(label) if t in angry else None) for t, label in rows if t in moods],
    )


def _rows(path: Path) -> list[tuple[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        return [(row["text"], row["label"]) for row in csv.DictReader(stream)]


def _case(text: str, topic: Topic | None) -> TopicCase:
    return TopicCase(Asked("", text, ()), frozenset({topic} if topic else ()))


def corrected(
    reader: BrandReader, cases: Sequence[TopicCase], most: int
) -> tuple[Gathered, Sequence[TopicCase]]:
    """The first ``most`` cases that are misread, as a person corrects them, and the cases that come after."""
    found: list[CorrectedTopics] = []
    readings = reader.read([case.asked for case in cases])
    for place, (case, reading) in enumerate(zip(cases, readings, strict=True)):
        if len(found) == most:
            return _gathered(found), cases[place : place + LATER]
        if frozenset(reading.topics) != case.topics:
            group = f"{place:06}"
            before, after = (",".join(sorted(topics)) for topics in (reading.topics, case.topics))
            told = Correction("c", "b", group, group, CorrectionKind.TOPIC, before, after, "p", NOW)
            found.append(CorrectedTopics(told, case))
    return _gathered(found), []


def _gathered(found: Sequence[CorrectedTopics]) -> Gathered:
    return Gathered((), topics=GatheredTopics(tuple(found)))


def reader_of_the_sample(weights: Weights) -> BrandReader:
    """Reads by the sample agency's crisis words."""
    lexicon = words_of(SAMPLE_CONFIG)
    return BrandReader(Reader(weights, lexicon, QuickSegmenter(lexicon.user_words)), weights.id)


def line(name: str, old: TopicMarks, new: TopicMarks) -> str:
    """Old and new on one set."""
    pairs = (("exact", old.exact, new.exact), ("precision", old.precision, new.precision))
    told = ", ".join(
        f"{what} {a:.3f} → {b:.3f}" for what, a, b in (*pairs, ("recall", old.recall, new.recall))
    )
    return f"  {name} ({new.cases}): {told}"


def lines(base: Weights, name: str, gathered: Gathered, later: Sequence[TopicCase]) -> Iterator[str]:
    """What is learnt from what was gathered, and how later texts read with it."""
    learnt = learn(base, gathered, NOW, reader_of_the_sample)
    card = learnt.card.topics
    if card is None:
        raise ValueError(f"{name}: nothing to correct")
    reasons = [r.code for r in learnt.refusals if r.code.startswith("delta_topics")]
    verdict = ", ".join(reasons) or "may be taken"
    yield f"{name}, {len(gathered.topics.found)} corrections, penalty {card.penalty:g}: {verdict}"
    trial, new = card.trial, base.moved(learnt.delta)
    changed = f"floor set, {trial.floor.gained} gained and {trial.floor.lost} lost"
    yield line(changed, trial.floor_old, trial.floor_new)
    yield line("kept back", trial.held_old, trial.held_new)
    before, after = (read_topics(reader_of_the_sample(weights), later).marks for weights in (base, new))
    yield line("later texts", before, after)


def main() -> None:
    """Print the figures."""
    base = load_weights()
    for name, cases in forum(Path(sys.argv[1]), Path(sys.argv[2])):
        for most in CORRECTED:
            gathered, later = corrected(reader_of_the_sample(base), cases, most)
            if later:
                print("\n".join(lines(base, name, gathered, later)), flush=True)


if __name__ == "__main__":
    main()

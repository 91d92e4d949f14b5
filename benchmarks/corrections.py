"""What corrections teach: a corpus is left out of training and then corrected as a desk would.

    python -m benchmarks.corrections FOLDER [CORPUS]

Weights are trained without CORPUS (a forum about cars, where the shipped ones are weakest). Of its texts
the first N that are read wrongly, or unsurely, are corrected; 2,000 later ones stand for what comes in later.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from analysis.brand_reader import Asked, BrandReader
from analysis.corpora import read_corpora
from analysis.model import CLASSES, Weights
from analysis.reading import Reader
from analysis.segmenting import QuickSegmenter
from analysis.trial import Marks
from analysis.trying import Case, marks
from benchmarks.left_out import without
from desk.learning import learn
from desk.lessons import Corrected, Gathered
from wanglou.domain.agency import Lexicon
from wanglou.domain.correction import Correction, CorrectionKind

WORST = "car"
CORRECTED = (150, 300, 1_000)
LATER = 2_000
NOW = datetime(2026, 11, 29, tzinfo=UTC)


def corrected(weights: Weights, cases: list[Case], most: int) -> tuple[Gathered, list[Case]]:
    """The first ``most`` cases a person would correct, and the cases that come after them."""
    reader = BrandReader(Reader(weights, Lexicon(), QuickSegmenter(())), weights.id)
    found: list[Corrected] = []
    for place, (case, read) in enumerate(zip(cases, reader.read([c.asked for c in cases]), strict=True)):
        if len(found) == most:
            return Gathered(tuple(found)), cases[place : place + LATER]
        said, meant = read.label.value, CLASSES[case.label]
        if read.unsure or said != meant:
            group = f"{place:06}"
            told = Correction("c", "b", group, group, CorrectionKind.SENTIMENT, said, meant, "p", NOW)
            found.append(Corrected(told, case))
    return Gathered(tuple(found)), []


def line(name: str, old: Marks, new: Marks) -> str:
    pairs = (("accuracy", old.accuracy, new.accuracy), ("macro-F1", old.macro_f1, new.macro_f1))
    told = ", ".join(f"{what} {a:.3f} → {b:.3f}" for what, a, b in (*pairs, ("ece", old.ece, new.ece)))
    return f"  {name} ({new.cases}): {told}"


def main() -> None:
    corpora = read_corpora(Path(sys.argv[1]))
    name = sys.argv[2] if len(sys.argv) > 2 else WORST  # noqa: PLR2004 -- the second argument
    base = without(corpora, [name])
    cases = [
        Case(Asked("", text, ()), label)
        for corpus, text, label in zip(corpora.corpus, corpora.text, corpora.label, strict=True)
        if corpus == name
    ]
    for most in CORRECTED:
        gathered, later = corrected(base, cases, most)
        learnt = learn(base, gathered, NOW)
        trial, new = learnt.card.trial, base.moved(learnt.delta)
        verdict = ", ".join(reason.code for reason in learnt.refusals) or "may be taken"
        print(f"{name}, {len(gathered.found)} corrections, penalty {learnt.card.penalty:g}: {verdict}")
        print(line("floor set", trial.floor_old, trial.floor_new))
        print(line("kept back", trial.held_old, trial.held_new))
        print(line("later texts", marks(base, later), marks(new, later)))


if __name__ == "__main__":
    main()

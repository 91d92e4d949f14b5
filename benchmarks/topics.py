"""Topics: cross-validated figures, and the shipped weights made anew.

python -m benchmarks.topics             prints the figures
python -m benchmarks.topics OUT.json    also writes weights learnt from all sentences
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from analysis.segmenting import QuickSegmenter
from analysis.topic_training import cross_validate, learn, read_sentences, written
from analysis.topics import TopicReader
from desk.cli._reader import words_of
from desk.sample import SAMPLE_CONFIG


def words_of_the_sample() -> TopicReader:
    """The crisis words of the sample agency."""
    lexicon = words_of(SAMPLE_CONFIG)
    return TopicReader(lexicon, QuickSegmenter(lexicon.user_words))


def main(argv: Sequence[str]) -> int:
    """Print the figures; write weights where a file is named."""
    words, sentences = words_of_the_sample(), read_sentences()
    for name, value in asdict(cross_validate(sentences, words)).items():
        print(f"{name:12} {value:.3f}")
    for path in argv:
        text = json.dumps(written(learn(sentences, words)), ensure_ascii=False)
        Path(path).write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

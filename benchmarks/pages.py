"""Article pages: what is read from pages the rules were not fitted to, beside the libraries alone.

python -m benchmarks.pages
"""

import itertools
import sys
from collections import Counter
from collections.abc import Callable, Sequence

import trafilatura
from readability import Document

from crawlers.charset import decode
from crawlers.extraction.article import extract
from crawlers.plain import plain_text
from tests.article_pages.held import held_pages
from tests.article_pages.hostile import hostile_pages
from tests.article_pages.news import CHINA, SEEN_AT, Made, made_pages

Reader = Callable[[Made], str]


def ours(made: Made) -> str:
    """The text as the crawler stores it."""
    return extract(made.body, "text/html", SEEN_AT, CHINA).text


def by_readability(made: Made) -> str:
    """readability-lxml, given text that is decoded already."""
    return plain_text(Document(decode(made.body)).summary(html_partial=True))


def by_trafilatura(made: Made) -> str:
    """Trafilatura without comments, given text that is decoded already."""
    return trafilatura.extract(decode(made.body), include_comments=False) or ""


READERS: dict[str, Reader] = {"wanglou": ours, "readability": by_readability, "trafilatura": by_trafilatura}
SETS = {"held back": held_pages, "fitted to": hostile_pages, "everyday": made_pages}


def leaks(made: Made, text: str) -> bool:
    """Whether anybody else's words stand in the text."""
    return any(words in text for words in made.leaks)


def f1(made: Made, text: str) -> float:
    """Of pairs of neighbouring characters, white space apart."""
    want, got = (_pairs("".join(words.split())) for words in ("".join(made.paragraphs), text))
    return 2 * (want & got).total() / max(1, want.total() + got.total())


def kept(pages: Sequence[Made], texts: Sequence[str]) -> float:
    """Share of the pages' paragraphs that are in their texts."""
    held = [line in text for made, text in zip(pages, texts, strict=True) for line in made.paragraphs]
    return sum(held) / len(held)


def main() -> int:
    """Print one line for each set and reader, then titles and times."""
    print("pages\treader\tparagraphs kept\tleaking pages\ttext F1")
    for name, make in SETS.items():
        pages = list(make())
        for reader, read in READERS.items():
            texts = [read(made) for made in pages]
            pairs = list(zip(pages, texts, strict=True))
            leaking = sum(leaks(made, text) for made, text in pairs)
            share = sum(f1(made, text) for made, text in pairs) / len(pages)
            print(f"{name}\t{reader}\t{kept(pages, texts):.3f}\t{leaking} of {len(pages)}\t{share:.3f}")
    for name, make in SETS.items():
        print(f"{name}\t{_facts(list(make()))}")
    return 0


def _facts(pages: Sequence[Made]) -> str:
    found = [(made, extract(made.body, "text/html", SEEN_AT, CHINA)) for made in pages]
    titles = sum(read.title == made.title for made, read in found)
    minutes = sum((read.published and read.published.at) == made.published for made, read in found)
    authors = sum(read.author == made.author for made, read in found)
    return f"of {len(pages)}: titles exact {titles}, minutes right {minutes}, authors or papers {authors}"


def _pairs(text: str) -> Counter[str]:
    return Counter(a + b for a, b in itertools.pairwise(text))


if __name__ == "__main__":
    sys.exit(main())

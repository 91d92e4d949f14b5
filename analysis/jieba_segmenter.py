"""Cutting into words with jieba, the reference; its only home.

Apart from what the worker loads: with what it brings along, jieba takes 10 MB that only trials need.
"""

import logging
import warnings
from collections.abc import Iterable
from pathlib import Path

from analysis.text import clean_text

# jieba 0.42.1 (frozen since 2020) spells regular expressions in plain strings: a SyntaxError under
# warnings-as-errors, a printed SyntaxWarning from 3.12 on. Setuptools, where present, warns as well.
_quiet = warnings.catch_warnings()
_quiet.__enter__()
warnings.filterwarnings("ignore", "invalid escape sequence|.*pkg_resources")
warnings.filterwarnings("ignore", r'"\\.*" is an invalid escape sequence')
import jieba  # noqa: E402 -- the filters above must stand first

_quiet.__exit__(None, None, None)
jieba.setLogLevel(logging.WARNING)


class Segmenter:
    """Cuts cleaned text into words with jieba, the agency's own words known to it.

    ``folder`` takes jieba's dictionary cache (left alone, it goes to the shared temporary folder under a
    fixed name). Words are folded like the text they must be found in. Loading takes about a second, at the
    first cut.
    """

    def __init__(self, folder: Path, own_words: Iterable[str] = ()) -> None:
        self._cutter = jieba.Tokenizer()
        self._folder = folder
        self._cutter.tmp_dir = str(folder)
        self._own_words: tuple[str, ...] | None = tuple(own_words)

    def words(self, text: str) -> list[str]:
        """The words of ``text`` in order; joined they are ``text`` again."""
        if self._own_words is not None:
            words, self._own_words = self._own_words, None
            self._learn(words)
        return list(self._cutter.cut(text))

    def _learn(self, words: Iterable[str]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._cutter.initialize()
        for word in words:
            self._cutter.add_word(clean_text(word))

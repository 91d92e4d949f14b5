"""The reader of texts as the command line builds it: shipped or given weights, the agency's words."""

from pathlib import Path
from typing import Annotated

import typer

from analysis.jieba_segmenter import Segmenter
from analysis.model import SHIPPED, BadWeightsError, Weights, load_weights
from analysis.reading import Reader
from desk.cli._exits import FINDING, CommandError, UnreadableInputError
from desk.cli._streams import tell
from desk.deltas import Deltas
from wanglou.config.lexicon import read_lexicon
from wanglou.config.problem import Findings
from wanglou.domain.agency import Lexicon

WeightsFile = Annotated[Path, typer.Option("--weights", help="Weights written by wanglou train.")]

WEIGHTS = SHIPPED
"""The weights, if nothing else is said."""


def build_reader(weights: Path, data: Path, lexicon: Lexicon) -> Reader:
    """A Reader; the shipped weights read with what corrections taught the desk of ``data``.

    Raises UnreadableInputError where ``weights`` are none.
    """
    found = read_weights(weights)
    if weights == SHIPPED:
        found = weights_in_use(data, found)
    return Reader(found, lexicon, Segmenter(data, lexicon.user_words))


def weights_in_use(data: Path, shipped: Weights) -> Weights:
    """``shipped`` with what corrections taught the desk of ``data``; alone, aloud, if that is damaged."""
    in_use = Deltas(data).in_use(shipped)
    if in_use.trouble:
        tell(f"reading with the weights as shipped: {in_use.trouble}")
    return in_use.weights


def read_weights(weights: Path) -> Weights:
    """The weights of a file. Raises UnreadableInputError where there are none."""
    try:
        return load_weights(weights)
    except OSError as error:
        raise UnreadableInputError(f"{weights}: cannot be read: {error.strerror}") from error
    except BadWeightsError as error:
        raise UnreadableInputError(str(error)) from error


def words_of(config: Path) -> Lexicon:
    """The lexicon of a config folder, empty where there is none. Raises CommandError for a bad list."""
    findings = Findings()
    lexicon = read_lexicon(config / "lexicon", findings, {})
    if findings.problems:
        raise LexiconError("\n".join(str(problem) for problem in findings.problems))
    return lexicon


class LexiconError(CommandError):
    """The lexicon has mistakes that ``wanglou check`` lists too."""

    code = FINDING

"""Score texts: one JSON object a line in, one verdict a line out."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Annotated, Any

import typer

from analysis.reading import Reader
from desk.cli import _options, _reader
from desk.cli._exits import UnreadableInputError
from desk.cli._streams import name_of, read_json_lines, tell, write_json_lines
from wanglou.domain.agency import Lexicon

AT_ONCE = 1_000
"""Lines scored together: beyond this the batch no longer gets faster."""

Line = Mapping[str, Any]

Batch = Annotated[
    int,
    typer.Option("--batch", min=1, help="Lines scored together; 1 answers each line as it comes."),
]


class _Refusals:
    """Tells of each line that cannot be scored, and counts them."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, error: UnreadableInputError) -> None:
        """Say it now: the other lines are still answered."""
        self.count += 1
        tell(str(error))


def score(
    file: _options.InputFile,
    batch: Batch = AT_ONCE,
    weights: _reader.WeightsFile = _reader.WEIGHTS,
    data: _options.DataDir = _options.DATA,
) -> None:
    """Read lines {"id": …, "text": "…"} and write {"id", "label", "p_neg", "p_neu", "p_pos", "unsure"}.

    Order is kept. A line that cannot be scored is named on stderr and left out of stdout; the others are
    answered, and the command ends with exit code 3.
    """
    reader = _reader.build_reader(weights, data, Lexicon())
    refusals = _Refusals()
    lines = _scorable(file, refusals)
    while some := list(islice(lines, batch)):
        write_json_lines(_verdicts(reader, some))
    if refusals.count:
        raise UnreadableInputError(f"{name_of(file)}: {refusals.count} lines were not scored, see above")


def _scorable(file: str, refusals: _Refusals) -> Iterator[Line]:
    for number, line in read_json_lines(file, refusals.add):
        if isinstance(line.get("text"), str):
            yield line
        else:
            place = f"{name_of(file)}:{number}"
            refusals.add(UnreadableInputError(f'{place}: no "text"; write {{"id": "1", "text": "…"}}'))


def _verdicts(reader: Reader, lines: Sequence[Line]) -> Iterator[Line]:
    scores = reader.score([line["text"] for line in lines])
    for line, found in zip(lines, scores, strict=True):
        yield {
            "id": line.get("id"),
            "label": found.label.value,
            "p_neg": round(found.p_neg, 6),
            "p_neu": round(found.p_neu, 6),
            "p_pos": round(found.p_pos, 6),
            "unsure": found.unsure,
        }


PLUGIN = score

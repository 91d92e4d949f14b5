"""Score texts: one JSON object a line in, one verdict a line out."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Annotated, Any

import typer

from analysis.branded import score_for_brand
from analysis.model import Weights
from analysis.reading import Reader, Score
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

    A line with "brand" (a name, or a list of them) is judged for that brand, with "context" (its recent
    headlines) if given, and is also told "headline" and "why". null is as good as not given. Order is kept.
    A line that cannot be scored is named on stderr and left out of stdout; the others are answered, and the
    command ends with exit code 3.
    """
    reader = _reader.build_reader(weights, data, Lexicon())
    base = reader.weights
    refusals = _Refusals()
    lines = _scorable(file, refusals)
    while some := list(islice(lines, batch)):
        write_json_lines(_verdicts(reader, base, some))
    if refusals.count:
        raise UnreadableInputError(f"{name_of(file)}: {refusals.count} lines were not scored, see above")


def _scorable(file: str, refusals: _Refusals) -> Iterator[Line]:
    for number, line in read_json_lines(file, refusals.add):
        wrong = _wrong(line)
        if wrong:
            refusals.add(UnreadableInputError(f"{name_of(file)}:{number}: {wrong}"))
        else:
            yield {key: value for key, value in line.items() if value is not None}


def _wrong(line: Line) -> str:
    if not isinstance(line.get("text"), str):
        return 'no "text"; write {"id": "1", "text": "…"}'
    if line.get("brand") is not None and not _names(line):
        return '"brand" is neither a name nor a list of names; write {"text": "…", "brand": "安屿"}'
    context = [] if line.get("context") is None else line["context"]
    if not isinstance(context, list) or not all(isinstance(title, str) for title in context):
        return '"context" is no list of texts; write {"text": "…", "brand": "安屿", "context": ["…"]}'
    return ""


def _names(line: Line) -> tuple[str, ...]:
    told = line.get("brand")
    names: list[Any] = told if isinstance(told, list) else [told]
    return tuple(names) if all(isinstance(n, str) and n.strip() for n in names) else ()


def _verdicts(reader: Reader, base: Weights, lines: Sequence[Line]) -> Iterator[Line]:
    scores = iter(reader.score([line["text"] for line in lines if "brand" not in line]))
    for line in lines:
        yield _for_brand(reader, base, line) if "brand" in line else _verdict(line, next(scores))


def _for_brand(reader: Reader, base: Weights, line: Line) -> Line:
    found = score_for_brand(reader, base, line["text"], _names(line), line.get("context", []))
    return {**_verdict(line, found.score), "headline": found.headline, "why": list(found.why)}


def _verdict(line: Line, found: Score) -> Line:
    return {
        "id": line.get("id"),
        "label": found.label.value,
        "p_neg": round(found.p_neg, 6),
        "p_neu": round(found.p_neu, 6),
        "p_pos": round(found.p_pos, 6),
        "unsure": found.unsure,
    }


PLUGIN = score

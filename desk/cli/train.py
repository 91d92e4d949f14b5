"""Learn: a delta from the desk's corrections, or the sentiment weights anew from labelled texts."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from analysis.corpora import BadCorpusError, read_corpora
from analysis.model import save
from analysis.training import SEED, train
from desk.cli import _options
from desk.cli._exits import UnreadableInputError, UsageError
from desk.cli._learning import data_folder, go_back, learn_from_corrections, show_history
from desk.cli._streams import tell, write_json_line
from desk.deltas import write_whole
from desk.wiring.shared import Place

DataFolder = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help="Folder of *.csv.gz files with columns text,label (neg, neu, pos). With --corrections, --back, "
        "--shipped and --history: the desk's data folder (WANGLOU_DATA, else var).",
    ),
]

Out = Annotated[Path, typer.Option("--out", help="Where to write the weights.")]

Seed = Annotated[int, typer.Option("--seed", help="Decides which texts train, calibrate and test.")]


def train_weights(
    data: DataFolder = None,
    out: Out = Path("sentiment.npz"),
    seed: Seed = SEED,
    *,
    corrections: Annotated[
        bool, typer.Option("--corrections", help="Learn a delta from the desk's corrections; print its card.")
    ] = False,
    take: Annotated[
        bool, typer.Option("--take", help="With --corrections: take the delta if it may be taken.")
    ] = False,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", help="With --corrections: a person whose corrections count for nothing."),
    ] = None,
    back: Annotated[
        bool, typer.Option("--back", help="Go back to what was in use before the last change.")
    ] = False,
    shipped: Annotated[bool, typer.Option("--shipped", help="Go to the weights as shipped.")] = False,
    history: Annotated[bool, typer.Option("--history", help="Print who took which delta and when.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Card or history as JSON.")] = False,
    config: _options.ConfigDir = _options.CONFIG,
    library: _options.LibraryDir = _options.LIBRARY,
    language: Annotated[
        _options.Language, typer.Option(help="What cards and refusals are said in.")
    ] = _options.Language.ZH,
) -> None:
    """Learn from the desk's corrections; or, with --data alone, train the weights from a folder of corpora.

    --corrections learns a delta on the shipped weights from two thirds of the corrected stories and compares
    it with what is in use: on sentences of our own, where it must be no worse, and on the third kept back,
    where it must be better. Sentiment and topics are taken or refused each on its own. Nothing is changed
    without --take; exit code 1 if neither may be taken.

    Training from corpora, and from the posts about invented brands that come with the program, writes the
    weights and prints their figures as JSON; the same texts and seed give the same file. About 80 seconds
    and 1.2 GB for 130,000 texts on one core.
    """
    asked = [name for name, said in _modes(corrections, back, shipped, history).items() if said]
    if len(asked) > 1:
        raise UsageError(f"{' and '.join(asked)} do different things; say one of them")
    if take and not corrections:
        raise UsageError("--take goes with --corrections")
    if without and not corrections:
        raise UsageError("--without goes with --corrections")
    place = Place(config, data_folder(data), library)
    match asked:
        case ["--corrections"]:
            learn_from_corrections(place, language, without or (), take=take, as_json=as_json)
        case ["--history"]:
            show_history(place, language, as_json=as_json)
        case ["--back" | "--shipped"]:
            go_back(place, language, shipped=shipped)
        case _:
            _train_base(data, out, seed)


def _modes(*said: bool) -> dict[str, bool]:
    return dict(zip(("--corrections", "--back", "--shipped", "--history"), said, strict=True))


def _train_base(data: Path | None, out: Path, seed: int) -> None:
    if data is None:
        raise UsageError("name the folder of corpora with --data, or learn from the desk with --corrections")
    if not out.absolute().parent.is_dir():
        raise UnreadableInputError(f"{out}: its folder is not there; make it, or name another with --out")
    try:
        weights, figures = train(read_corpora(data), tell, seed)
    except BadCorpusError as error:
        raise UnreadableInputError(str(error)) from error
    written = save(weights)
    try:
        write_whole(out, written)
    except OSError as error:
        raise UnreadableInputError(f"{out}: cannot be written: {error.strerror}") from error
    tell(f"{out}: {len(written):,} bytes")
    write_json_line(asdict(figures))


PLUGIN = train_weights

"""Learning from corrections on the command line: the trial, taking, going back, the ledger."""

import getpass
import os
import sys
from collections.abc import Collection
from functools import partial
from pathlib import Path

from analysis.model import BadWeightsError, load_weights
from analysis.segmenting import QuickSegmenter
from desk.cli import _exits, _options
from desk.cli._streams import tell, write_json_line
from desk.clocks import WallClock
from desk.delta_cards import card_fields
from desk.delta_words import DeltaWords
from desk.deltas import ChosenMeanwhileError, Deltas, Entry, NothingToUndoError, entry_fields
from desk.learning import Learnt, learn
from desk.learning_topics import SAME
from desk.lessons import gather
from desk.wiring.shared import Place, matcher_of, read_config
from desk.wiring.worker import own_words_of, reader_of
from wanglou.domain.agency import Config
from wanglou.storage.engine import open_to_look
from wanglou.storage.errors import StorageError
from wanglou.wording import LANGUAGES


def data_folder(given: Path | None) -> Path:
    """The desk's data folder: as given, else as the environment says, else the usual one."""
    return given or Path(os.environ.get("WANGLOU_DATA") or _options.DATA)


def learn_from_corrections(
    place: Place, language: str, without: Collection[str] = (), *, take: bool, as_json: bool
) -> None:
    """Learn a delta, print its card, and take what may be taken of it where that is asked.

    ``without``: people whose corrections count for nothing in it.
    """
    config, deltas = read_config(place), Deltas(place.data)
    words = DeltaWords(language, config.agency.zone)
    beside = _chosen(deltas)
    learnt = _learnt(place, config, deltas, words, without)
    if as_json:
        refusals = [[reason.code, dict(reason.facts)] for reason in learnt.refusals]
        write_json_line({**card_fields(learnt.card), "refusals": refusals})
    else:
        sys.stdout.writelines(f"{line}\n" for line in words.card(learnt.card))
    if take and SAME not in learnt.refusals:
        _settle(deltas, learnt, words, beside)
    refusals_said = "\n".join(map(words.reason, learnt.refusals))
    if not learnt.may_be_taken:
        raise _exits.CommandError(refusals_said)
    if refusals_said:
        tell(refusals_said)
    what = {"parts": words.parts(learnt.card.parts), "new": words.name(learnt.delta.id)}
    tell(words.t("delta_taken" if take else "delta_would_take", **what))


def go_back(place: Place, language: str, *, shipped: bool) -> None:
    """Go back to what was chosen before, or to the weights as shipped."""
    deltas, now, by = Deltas(place.data), WallClock().now(), _account()
    words = DeltaWords(language, read_config(place).agency.zone)
    try:
        entry = deltas.use_shipped(by, now) if shipped else deltas.go_back(load_weights(), by, now)
    except NothingToUndoError:
        raise _exits.CommandError(words.t("delta_no_way_back")) from None
    except (BadWeightsError, OSError) as error:
        raise _exits.CommandError(str(error)) from error
    facts = {"before": words.name(entry.before), "after": words.name(entry.after)}
    tell(words.t("delta_went_back", **facts))


def show_history(place: Place, language: str, *, as_json: bool) -> None:
    """Print the ledger, oldest first."""
    words = DeltaWords(language, read_config(place).agency.zone)
    for entry in _entries(Deltas(place.data)):
        if as_json:
            write_json_line(entry_fields(entry))
        else:
            sys.stdout.writelines(f"{line}\n" for line in words.entry(entry))


def _chosen(deltas: Deltas) -> str | None:
    """What is chosen now; None where nobody can say, and nothing can be taken either."""
    try:
        return deltas.chosen()
    except BadWeightsError:
        return None


def _learnt(
    place: Place, config: Config, deltas: Deltas, words: DeltaWords, without: Collection[str]
) -> Learnt:
    in_use = deltas.in_use(load_weights())
    if in_use.trouble:
        tell(in_use.trouble)
    try:
        storage = open_to_look(place.database)
        gathered = gather(storage, config, matcher_of(config), without)
        storage.close()
    except StorageError as error:
        raise _exits.CommandError(str(error)) from error
    if gathered.strangers:
        raise _exits.UsageError(f"--without {gathered.strangers[0]}: nobody of that id corrected anything")
    if gathered.people:
        told = (f"{person} {count}" for person, count in gathered.people.most_common())
        tell(words.t("delta_by_people", people=words.t("page_list_comma").join(told)))
    cutter = QuickSegmenter(own_words_of(config))
    return learn(in_use.weights, gathered, WallClock().now(), partial(reader_of, config, cutter))


def _settle(deltas: Deltas, learnt: Learnt, words: DeltaWords, beside: str | None) -> None:
    """Take what may be taken, or write down that it was refused. ``beside``: what it was compared with."""
    cards = [DeltaWords(language, words.zone).card(learnt.card) for language in LANGUAGES]
    try:
        if learnt.may_be_taken:
            lines = [line for card in cards for line in card]
            deltas.take(learnt.delta, learnt.card, lines, _account(), learnt.refusals, beside)
        else:
            deltas.refuse(learnt.card, learnt.refusals, _account())
    except ChosenMeanwhileError:
        raise _exits.CommandError(words.t("delta_chosen_meanwhile")) from None
    except (BadWeightsError, OSError) as error:
        raise _exits.CommandError(f"keeping the delta: {error}") from error


def _entries(deltas: Deltas) -> list[Entry]:
    try:
        return deltas.entries()
    except BadWeightsError as error:
        raise _exits.UnreadableInputError(str(error)) from error


def _account() -> str:
    """Who does it: the machine's account, for a command line knows no person of the agency."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in a container
        return str(os.getuid())

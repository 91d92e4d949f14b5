"""Check a config folder: every mistake with file, line and what to write instead."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from analysis.breadth import Breadth, wide_watches
from analysis.segmenting import QuickSegmenter
from desk.cli import _exits, _options
from desk.cli._kinds import kinds_here
from desk.cli._streams import tell
from desk.sample import CHECKS
from wanglou.config.folder import examine
from wanglou.domain.agency import Config
from wanglou.kinds import find_kind

_SAYS = {
    Breadth.ONE_CHARACTER: "one character stands in thousands of words; give a longer name or a watch",
    Breadth.COMMON_WORD: "a word of everyday Chinese ({:.0f} in a million words); narrow it with a watch",
    Breadth.ANY_CASE: "so few letters in any case are parts of words; set exact_case: true or a watch",
    Breadth.COMMON_COMPETITOR: (
        "a word of everyday Chinese ({:.0f} in a million words), which no watch narrows for a competitor; "
        "give a longer name, or look_alikes"
    ),
    Breadth.COMMON_CONDITION: "as a condition alone it narrows nothing ({:.0f} in a million words)",
}


def check(
    config: _options.ConfigDir = _options.CONFIG, library: _options.LibraryDir = _options.LIBRARY
) -> None:
    """Read all config files and the playbooks, try the rules' examples, and say what is wrong.

    Mistakes go to stdout, one a line, and end with exit code 1. Remarks that stop nothing go to stderr.
    """
    examined = examine(config, library, kinds_here(), CHECKS)
    wrong = [str(problem) for problem in examined.problems]
    if examined.config is not None:
        wrong += _unfit_sources(config, examined.config)
        for remark in (*_remarks(config, examined.config), *_too_wide(config, examined.config)):
            tell(remark)
    for note in examined.notes:
        tell(str(note))
    if examined.config is not None and not wrong:
        sys.stdout.write(_summary(examined.config) + "\n")
        return
    sys.stdout.writelines(line + "\n" for line in wrong)
    tell(
        f"{len(wrong)} to put right in {config}" if len(wrong) > 1 else f"one thing to put right in {config}"
    )
    if examined.config is None:
        tell("what refers to a file with mistakes in it is compared once that file is right")
    raise typer.Exit(_exits.FINDING)


def _unfit_sources(folder: Path, config: Config) -> Iterator[str]:
    """What the source kinds themselves refuse: addresses and options that only they understand."""
    for spec in (*config.sources.values(), *config.resting.values()):
        try:
            find_kind("crawlers.sources", spec.kind)(spec)
        except ValueError as error:
            yield f"{folder / 'sources.yaml'}: {error}"


def _remarks(folder: Path, config: Config) -> Iterator[str]:
    for what, name in config.agency.secrets.items():
        if name not in os.environ:
            yield f"{folder / 'agency.yaml'}: secrets.{what}: {name} is not set in this environment"


def _too_wide(folder: Path, config: Config) -> Iterator[str]:
    """Names and conditions of watches that catch too much, each with the line it stands in."""
    often = QuickSegmenter().per_million
    for wide in wide_watches(config.clients.values(), often):
        path = folder / "clients" / f"{wide.client}.yaml"
        line = _line_of(path, wide.brand, wide.text)
        yield f"{path}:{line}: {wide.text}: {_SAYS[wide.breadth].format(wide.often)}"


def _line_of(path: Path, brand: str, text: str) -> int:
    """Among brands and competitors the line with ``text`` as a whole, from the brand on; else the brand's."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    begin = next((n for n, line in enumerate(lines) if line.startswith(("brands:", "competitors:"))), 0)
    begin = _first(lines, brand, begin)
    return _first(lines, text, begin) + 1


def _first(lines: Sequence[str], text: str, begin: int) -> int:
    """From ``begin`` on the first line with ``text`` as a whole, outside comments; else ``begin``."""
    whole = re.compile(rf"(?<![\w]){re.escape(text)}(?![\w])")
    found = (n for n, line in enumerate(lines) if n >= begin and whole.search(line.partition(" #")[0]))
    return next(found, begin)


def _summary(config: Config) -> str:
    known = config.agency.calendar.known_until
    holidays = f"; holidays known until {known}" if known else ""
    resting = f" ({len(config.resting)} more switched off)" if config.resting else ""
    counts = (
        f"{len(config.clients)} clients, {len(config.sources)} sources{resting}, "
        f"{len(config.rules)} rules, {len(config.books)} books"
    )
    return f"{config.agency.name}: {counts}{holidays}; digest {config.digest[:12]}"


PLUGIN = check

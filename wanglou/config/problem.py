"""What is wrong with a config folder: all of it at once, each with file, line, key and advice."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to put right. ``line`` counts from 1; 0 means the file as a whole.

    ``says`` names what was found and what to write instead.
    """

    file: str
    line: int
    key: str
    says: str

    def __str__(self) -> str:
        """``file:line: key: what was found; write instead …``."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(_on_one_line(part) for part in (where, self.key, self.says) if part)


def _on_one_line(text: str) -> str:
    """A damaged file may hold a key with a line break in it; a problem is a line all the same."""
    return " ".join(text.split())


class ConfigError(Exception):
    """A config folder cannot be used; ``problems`` are in the order of files and lines."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class UnreadableFolderError(Exception):
    """There is no folder to read: nothing can be said of its files."""

    def __init__(self, folder: Path, found: str) -> None:
        super().__init__(f"config folder {folder}: {found}; name the folder that holds agency.yaml")
        self.folder = folder


@dataclass(slots=True)
class Findings:
    """Collects while files are read: ``problems`` stop the start, ``notes`` are only said."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        """Keep a problem once, however many roads lead to it."""
        if problem not in self.problems:
            self.problems.append(problem)


def advise(word: str, known: Iterable[str]) -> str:
    """``did you mean "x"?``, or all that is known where nothing is near."""
    names = sorted(known)
    near = [n for n in names if _begins(n, word)] or difflib.get_close_matches(word, names, n=1)
    if near:
        return f'did you mean "{near[0]}"?'
    return f"known here: {', '.join(names)}" if names else "none is known here"


def _begins(name: str, word: str) -> bool:
    """Whether somebody who wrote ``food`` may have meant ``food_safety``."""
    return len(word) >= 3 and name.startswith(word)  # noqa: PLR2004 -- fewer letters begin too many names

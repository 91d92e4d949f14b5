"""What is wrong with a config folder: all of it at once, each with file, line, key and advice."""

from dataclasses import dataclass


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
        return ": ".join(part for part in (where, self.key, self.says) if part)


class ConfigError(Exception):
    """A config folder cannot be used; ``problems`` are in the order of files and lines."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems

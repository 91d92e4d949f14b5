"""The lines of facts around a headline: where sites say when, by whom and from where."""

from collections.abc import Sequence

_LONGEST = 80
_FEW = 8


def lines_of_facts(lines: Sequence[str], title: str) -> list[str]:
    """The short lines after the headline up to the first paragraph, then those just before it.

    Where the headline is not found, the page's first short lines.
    """
    places = [i for i, line in enumerate(lines) if title and line == title]
    at = places[-1] if places else -1
    after = _short_run(lines[at + 1 :])
    before = [line for line in lines[max(0, at - 2) : max(0, at)] if len(line) <= _LONGEST]
    return [*after, *before]


def _short_run(lines: Sequence[str]) -> list[str]:
    run: list[str] = []
    for line in lines[:_FEW]:
        if len(line) > _LONGEST:
            break
        run.append(line)
    return run

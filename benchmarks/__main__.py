"""``python -m benchmarks [NAME…] [--json]``: run benchmarks, print one line a figure.

A benchmark is a file ``benchmarks/ratios/<name>.py`` whose ``PLUGIN`` returns figures. Among others each has
a process of its own, so that none measures what another left in memory. One with a figure below half its
floor is run once more, and the better of the two counts: others use the machine too. So is one that broke
off; what ends it twice is raised. Exit code 1 if a figure stays there, 2 for an unknown name.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

from benchmarks.figure import Figure
from benchmarks.measuring import HOME, alone, measured
from wanglou.kinds import UnknownKindError, find_kind, known_kinds


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is named, or all; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure against named rivals.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="one of: " + ", ".join(known_kinds(HOME)))
    parser.add_argument("--json", action="store_true", help="one JSON object a figure")
    asked = parser.parse_args(argv)
    names = asked.names or known_kinds(HOME)
    try:
        for name in names:
            find_kind(HOME, name)
    except UnknownKindError as error:
        print(error, file=sys.stderr)
        return 2
    figures = measured(names[0]) if len(names) == 1 else [f for name in names for f in alone(name)]
    print(as_json(figures) if asked.json else as_table(figures))
    return 1 if any(figure.fails_ci for figure in figures) else 0


def as_json(figures: Sequence[Figure]) -> str:
    """One object a line."""
    return "\n".join(json.dumps(asdict(figure), ensure_ascii=False) for figure in figures)


def as_table(figures: Sequence[Figure]) -> str:
    """Aligned columns: name, value, the rival's, times better, floor, and a word where it is missed."""
    rows = [_row(figure) for figure in figures]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _row(figure: Figure) -> tuple[str, ...]:
    word = "" if figure.ok else "FAILS" if figure.fails_ci else "below floor"
    return (
        figure.name,
        f"{_plain(figure.value)} {figure.unit}",
        f"{figure.rival} {_plain(figure.rival_value)}",
        f"x {figure.ratio:,.2f}",
        f"floor {figure.floor:g}",
        word,
    )


def _plain(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 -- three digits tell enough


if __name__ == "__main__":
    sys.exit(main())

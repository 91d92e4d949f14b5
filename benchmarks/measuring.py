"""Takes the figures of one benchmark: once more where it fails, and in a process of its own among others."""

import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks.figure import Figure
from wanglou.kinds import find_kind

HOME = "benchmarks.ratios"
"""The package whose modules are the benchmarks."""


def alone(name: str) -> list[Figure]:
    """``measured`` in a process of its own, that begins with nothing in memory but what it needs."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as process:
        return process.submit(measured, name).result()


def measured(name: str) -> list[Figure]:
    """The figures of the benchmark of this name."""
    benchmark: Callable[[], list[Figure]] = find_kind(HOME, name)
    try:
        first = benchmark()
    except Exception as error:  # noqa: BLE001 -- what was no passing trouble of the machine is raised the second time
        print(f"{name} is measured again: it broke off with {error!r}", file=sys.stderr)
        return benchmark()
    failing = [figure.name for figure in first if figure.fails_ci]
    if not failing:
        return first
    print(f"{name} is measured again: {', '.join(failing)} failed", file=sys.stderr)
    return [max(pair, key=lambda figure: figure.ratio) for pair in zip(first, benchmark(), strict=True)]

"""Long lists of keys, cut so that one statement can take them."""

from collections.abc import Iterable, Iterator
from itertools import islice

AT_ONCE = 10_000
"""SQLite takes 32,766 values in a statement, PostgreSQL 65,535."""


def batches(keys: Iterable[str]) -> Iterator[list[str]]:
    """The keys in their order, at most ``AT_ONCE`` together."""
    rest = iter(keys)
    while batch := list(islice(rest, AT_ONCE)):
        yield batch

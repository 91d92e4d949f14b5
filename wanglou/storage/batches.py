"""Long lists of keys, cut so that one statement can take them."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

_Key = TypeVar("_Key")

AT_ONCE = 512
"""SQLite takes 32,766 values in a statement, PostgreSQL 65,535; a list of 8,192 took 10 MB to search for."""


def batches(keys: Iterable[_Key]) -> Iterator[list[_Key]]:
    """The keys in their order, at most ``AT_ONCE`` together; the last is repeated up to a power of two.

    A database prepares a statement for each length of its list and keeps it with its values: lists of any
    length would fill the memory with them. To a list that is searched a repeated key makes no difference.
    """
    rest = iter(keys)
    while batch := list(islice(rest, AT_ONCE)):
        room = 1 << (len(batch) - 1).bit_length()
        yield batch + batch[-1:] * (room - len(batch))

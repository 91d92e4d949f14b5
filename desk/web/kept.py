"""Pieces of pages kept as text: one is made anew only when it says something else."""

from collections import OrderedDict
from collections.abc import Callable, Hashable


class KeptPieces:
    """The pieces shown last, each with all that it says; of more than ``most`` the longest unseen go.

    A piece is shown to whoever may see what it says, so it holds nothing of one reader, no form's token
    either. Not for two threads at once.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[object, str]] = OrderedDict()

    def piece(self, name: Hashable, says: object, make: Callable[[], str]) -> str:
        """The piece of this name as it was, if it said the same, else as ``make`` has it now.

        ``name`` tells whose place it is and in which language; ``says`` is compared, never hashed.
        """
        kept = self._kept.get(name)
        if kept is None or kept[0] != says:
            kept = self._kept[name] = says, make()
        self._kept.move_to_end(name)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return kept[1]

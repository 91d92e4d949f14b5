"""Whose turn it is to write: threads of one process write in the order in which they came."""

from datetime import timedelta
from threading import Condition

from wanglou.storage.errors import LockedError


class Turns:
    """A lock that nobody is passed over for.

    SQLite keeps no order: who waits for the write lock asks again ten times a second, and a thread that
    writes batch after batch takes it back in between. Here whoever came first is next. Each that is let in
    gives up by itself when another process keeps the lock, so that those behind it wait for more than one.
    """

    def __init__(self, patience: timedelta) -> None:
        """``patience``: how long one waits here before it gives up."""
        self._changed = Condition()
        self._patience = patience
        self._next = self._serving = 0
        self._gone: set[int] = set()

    @property
    def waiting(self) -> int:
        """How many wait behind the one whose turn it is."""
        with self._changed:
            return max(self._next - self._serving - 1 - len(self._gone), 0)

    def take(self) -> None:
        """Wait for one's turn. Raises LockedError when it does not come in time."""
        with self._changed:
            mine = self._next
            self._next += 1
            if not self._changed.wait_for(lambda: self._serving == mine, self._patience.total_seconds()):
                self._gone.add(mine)
                raise LockedError(
                    f"writing: another thread of this process has written for {self._patience}; "
                    "look what it does, and start Wanglou again if it does not end"
                )

    def end(self) -> None:
        """Let the next one in."""
        with self._changed:
            self._serving += 1
            while self._serving in self._gone:
                self._gone.remove(self._serving)
                self._serving += 1
            self._changed.notify_all()

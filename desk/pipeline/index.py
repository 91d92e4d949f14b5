"""Index: make mentions findable by their words; after an upgrade those that were there before, too."""

from analysis import search
from desk.pipeline.parts import Parts

AT_ONCE = 200
"""Mentions per transaction: a search index is never in such a hurry that it holds up a push."""


def index(parts: Parts) -> int:
    """Index the newest mentions that cannot be found yet; return how many."""
    with parts.storage.look() as uow:  # once a second: no write lock for nothing
        if not uow.mentions.unsearchable(1):
            return 0
    with parts.storage.begin() as uow:
        waiting = uow.mentions.unsearchable(AT_ONCE)
        uow.mentions.make_searchable([(said, search.grams(said.all_words)) for said in waiting])
        uow.commit()
    return len(waiting)

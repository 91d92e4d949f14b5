"""What people said, as pages show it: title and text with the words that matter marked."""

from collections.abc import Iterable

from desk.web.passages import Passage, cut, marked
from wanglou.domain.mention import Reading, SeenMention


def marked_post(
    seen: SeenMention, found: Iterable[tuple[int, int]] = ()
) -> tuple[list[Passage], list[Passage]]:
    """Title and text with the brand, the telling words and what was searched for marked.

    Offsets run over title, newline, text.
    """
    item, reading = seen.item, seen.mention.reading
    whole = f"{item.title}\n{item.text}"
    passages = marked(whole, seen.mention.match.spans, _telling(reading), reading.marks, found)
    at = len(item.title)
    return cut(passages, 0, at), cut(passages, at + 1, len(whole))


def _telling(reading: Reading) -> list[str]:
    """Words that speak for the reading, strongest first, where their places were not kept."""
    if reading.marks:
        return []
    return [
        *(word for word, weight in reading.words if weight > 0),
        *(word for _, word in reading.topic_words),
    ]

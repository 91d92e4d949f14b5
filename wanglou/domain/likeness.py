"""What the words of many voices say about whether they speak of one story."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Likeness:
    """``related`` of so many new ``voices`` speak in a story's own words.

    ``words``: those by which they tell, the most used first: the story's where it is the same, theirs where
    it is another.
    """

    voices: int
    related: int
    words: tuple[str, ...]

    @property
    def share(self) -> float:
        """The part of the new voices that speaks in the story's words."""
        return self.related / self.voices

"""An item that is about a client's brand, with how it reads."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wanglou.domain.item import Item
from wanglou.domain.question import Question
from wanglou.domain.source import SourceClass
from wanglou.domain.topic import Topic


class Sentiment(StrEnum):
    """How a mention feels for the brand."""

    NEG = "neg"
    NEU = "neu"
    POS = "pos"


@dataclass(frozen=True, slots=True)
class Match:
    """Which brand an item names, and by which words: (start, end) offsets into title + newline + text."""

    client: str
    brand: str
    alias: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model made of a text. Probabilities are calibrated and sum to 1.

    ``model`` names all that the reading depends on (weights, rules, word lists, the client's neutral band),
    so that it can be repeated. ``words`` are the (word, contribution) pairs that carried it, strongest
    first, positive numbers speaking for ``label``. ``topic_words``: (topic, word), each word that
    speaks for a topic. ``why``: codes of what the rules did. ``marks``: the
    places, in title + newline + text, of the words that speak for the reading.
    ``answers``: the desk's first questions that are to be answered with yes, each with its words.
    """

    model: str
    p_neg: float
    p_neu: float
    p_pos: float
    label: Sentiment
    unsure: bool
    topics: tuple[Topic, ...] = ()
    topic_words: tuple[tuple[Topic, str], ...] = ()
    words: tuple[tuple[str, float], ...] = ()
    why: tuple[str, ...] = ()
    marks: tuple[tuple[int, int], ...] = ()
    answers: tuple[tuple[Question, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """(client, brand, item) with its reading: the only form in which people see an item.

    ``voice`` is False for a copy: it adds reach, not a voice. ``reach`` is readers. ``version`` is the
    item's version that was read. ``void``: a person said that it is not about the brand; it is kept and
    counts for nothing.
    """

    client: str
    brand: str
    item_key: str
    version: int
    source: str
    source_class: SourceClass
    published_at: datetime | None
    first_seen: datetime
    read_at: datetime
    match: Match
    reading: Reading
    group: str
    voice: bool
    reach: int
    void: bool = False


@dataclass(frozen=True, slots=True)
class CompetitorMention:
    """(client, competitor, item): counted for the client's share of voice and for nothing else.

    It has no reading and keeps no words. ``voice`` is False for a copy.
    """

    client: str
    competitor: str
    item_key: str
    published_at: datetime | None
    first_seen: datetime
    voice: bool


@dataclass(frozen=True, slots=True)
class SeenMention:
    """A mention together with the words people read."""

    mention: Mention
    item: Item

    @property
    def all_words(self) -> str:
        """What a mention is found by: title, text and who wrote it, a line each."""
        author = self.item.author.name if self.item.author else ""
        return f"{self.item.title}\n{self.item.text}\n{author}"

    @property
    def said(self) -> "Said":
        """What detectors of words and stories need of it."""
        mention, author = self.mention, self.item.author
        return Said(
            client=mention.client,
            brand=mention.brand,
            item_key=mention.item_key,
            published_at=mention.published_at,
            at=mention.published_at or mention.first_seen,
            source=mention.source,
            source_class=mention.source_class,
            author=(author.id or author.name) if author else None,
            author_name=author.name if author else "",
            group=mention.group,
            voice=mention.voice,
            label=mention.reading.label,
            topics=mention.reading.topics,
            title=self.item.title,
            text=self.item.text,
        )


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of a brand, by whom and when: a mention without how its reading came about.

    Whole days of talk are looked through again and again, and most of a mention's columns speak of the
    reading. ``at`` is when it was published or, undated, first seen. ``author``: id, or name where there is
    none; None where nobody is known. ``author_name`` is empty then. The rest as in ``Mention`` and ``Item``.
    """

    client: str
    brand: str
    item_key: str
    published_at: datetime | None
    at: datetime
    source: str
    source_class: SourceClass
    author: str | None
    author_name: str
    group: str
    voice: bool
    label: Sentiment
    topics: tuple[Topic, ...]
    title: str
    text: str

    @property
    def words(self) -> str:
        """Title and text, a line each."""
        return f"{self.title}\n{self.text}"

    @property
    def all_words(self) -> str:
        """What a mention is found by: title, text and who wrote it, a line each."""
        return f"{self.words}\n{self.author_name}"

    @property
    def is_troubled(self) -> bool:
        """It reads negative, or holds crisis words without reading positive."""
        return speaks_of_trouble(self.label, self.topics)


def speaks_of_trouble(label: Sentiment, topics: tuple[Topic, ...]) -> bool:
    """Whether what reads so is negative, or holds crisis words without reading positive."""
    return label is Sentiment.NEG or (bool(topics) and label is not Sentiment.POS)

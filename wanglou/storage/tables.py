"""The tables. Their history is in ``migrations``; a test holds both to the same shape.

Instants are integers (see ``Instant``), enumerations their text values, facts JSON text.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from wanglou.storage.column_types import Instant, Json, JsonTuple, PageText

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    }
)

SEARCH_INDEX = "mention_search"
"""A table that only its migration can make: full text differs between the databases. SQLite keeps the parts
of it under names that begin so."""

_GROWING = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite grows only a column declared INTEGER."""


def _key(name: str, *more: Any) -> Column[Any]:
    return Column(name, Text, *more, primary_key=True)


def _text(name: str, *more: Any) -> Column[Any]:
    return Column(name, Text, *more, nullable=False)


def _page(name: str) -> Column[Any]:
    return Column(name, PageText, nullable=False)


def _at(name: str, *, primary_key: bool = False) -> Column[Any]:
    return Column(name, Instant, nullable=False, primary_key=primary_key)


def _count(name: str) -> Column[Any]:
    return Column(name, BigInteger, nullable=False)


def _flag(name: str) -> Column[Any]:
    return Column(name, Boolean, nullable=False)


def _tuple(name: str) -> Column[Any]:
    return Column(name, JsonTuple, nullable=False)


def _json(name: str) -> Column[Any]:
    return Column(name, Json, nullable=False)


item = Table(
    "item",
    metadata,
    _key("key"),
    _text("source"),
    _page("url"),
    _page("title"),
    _page("text"),
    _text("digest"),
    Column("version", Integer, nullable=False),
    Column("platform_id", PageText),
    Column("author_id", PageText),
    Column("author_name", PageText),
    Column("author_verified", Boolean),
    Column("author_followers", BigInteger),
    Column("published_at", Instant),
    _text("dated_by"),
    _flag("future_dated"),
    _at("first_seen"),
    _at("version_seen"),
    Column("read_at", Instant),
    Column("likes", BigInteger),
    Column("comments", BigInteger),
    Column("reposts", BigInteger),
    Column("observed_at", Instant),
    Column("board", PageText),
    Column("rank", Integer),
    Column("heat", BigInteger),
    Column("placed_at", Instant),
    Column("group_id", Text),
)
Index("ix_item_first_seen", item.c.first_seen)
Index(
    "ix_item_unread",
    item.c.first_seen,
    item.c.key,
    sqlite_where=item.c.read_at.is_(None),
    postgresql_where=item.c.read_at.is_(None),
)

erased_item = Table(  # keys alone: what was erased is not to come back, and nobody can tell what it was
    "erased_item",
    metadata,
    _key("key"),
    _at("at"),
)

item_version = Table(
    "item_version",
    metadata,
    _key("item_key", ForeignKey("item.key", ondelete="CASCADE")),
    Column("version", Integer, primary_key=True, autoincrement=False),
    _page("title"),
    _page("text"),
    _text("digest"),
    _at("version_seen"),
)

item_engagement = Table(
    "item_engagement",
    metadata,
    _key("item_key", ForeignKey("item.key", ondelete="CASCADE")),
    _at("observed_at", primary_key=True),
    Column("likes", BigInteger),
    Column("comments", BigInteger),
    Column("reposts", BigInteger),
)

item_place = Table(
    "item_place",
    metadata,
    _key("item_key", ForeignKey("item.key", ondelete="CASCADE")),
    Column("board", PageText, primary_key=True),
    _at("placed_at", primary_key=True),
    Column("rank", Integer, nullable=False),
    Column("heat", BigInteger),
)

copy_fingerprint = Table(
    "copy_fingerprint",
    metadata,
    _key("fingerprint"),
    _text("group_id"),
    _at("first_seen"),
    _at("seen_at"),
)
Index("ix_copy_fingerprint_seen_at", copy_fingerprint.c.seen_at)

mention = Table(
    "mention",
    metadata,
    _key("client"),
    _key("brand"),
    _key("item_key", ForeignKey("item.key")),
    Column("version", Integer, nullable=False),
    _text("source"),
    _text("source_class"),
    Column("published_at", Instant),
    _at("first_seen"),
    _at("at"),  # published_at, or first_seen where undated: what lists sort and cut by
    _at("read_at"),
    Column("alerted_at", Instant),
    Column("delivered_at", Instant),
    _page("alias"),
    _tuple("spans"),
    _text("model"),
    Column("p_neg", Double, nullable=False),
    Column("p_neu", Double, nullable=False),
    Column("p_pos", Double, nullable=False),
    _text("label"),
    _flag("unsure"),
    _tuple("topics"),
    _tuple("topic_words"),
    _tuple("words"),
    _text("group_id"),
    _flag("voice"),
    _count("reach"),
    Column("why", JsonTuple),  # null where it was read before this was kept
    Column("marks", JsonTuple),
    Column("answers", JsonTuple),
    Column("void", Boolean, nullable=False, server_default=false()),
    Column("searchable", Boolean, nullable=False, server_default=false()),
    Column("search_id", BigInteger),  # its row in the search index, by time
)
Index("ix_mention_brand", mention.c.client, mention.c.brand, mention.c.at)
Index("ix_mention_client", mention.c.client, mention.c.at)
Index("ix_mention_item_key", mention.c.item_key)
Index("ix_mention_group", mention.c.group_id)
Index("ix_mention_search_id", mention.c.search_id, unique=True)
Index(
    "ix_mention_unsearchable",
    mention.c.at,
    sqlite_where=mention.c.searchable == false(),
    postgresql_where=mention.c.searchable == false(),
)

correction = Table(
    "correction",
    metadata,
    Column("id", _GROWING, primary_key=True),
    _text("client"),
    _text("brand"),
    _text("group_id"),
    _text("item_key"),
    _text("kind"),
    _text("before"),
    _text("after"),
    _text("by"),
    _at("at"),
    Column("undone_by", Text),
    Column("undone_at", Instant),
    sqlite_autoincrement=True,
)
Index("ix_correction_group", correction.c.group_id)
Index("ix_correction_client", correction.c.client, correction.c.at)

volume = Table(
    "volume",
    metadata,
    _at("start", primary_key=True),
    _key("client"),
    _key("brand"),
    _key("source_class"),
    _count("mentions"),
    _count("voices"),
    _count("negatives"),
    _count("reach"),
)

volume_hour = Table(  # sums of volume, kept beside it so that the board never adds up buckets
    "volume_hour",
    metadata,
    _key("client"),
    _key("brand"),
    _at("start", primary_key=True),
    _count("mentions"),
    _count("negatives"),
    Column("voices", BigInteger, nullable=False, server_default=text("0")),
)
Index("ix_volume_hour_client", volume_hour.c.client, volume_hour.c.start)

observed = Table(
    "observed",
    metadata,
    _key("client"),
    _key("brand"),
    _at("since"),
    _count("buckets"),
)

competitor_mention = Table(  # only so that none is counted twice: no words, no author
    "competitor_mention",
    metadata,
    _key("client"),
    _key("competitor"),
    _key("item_key"),
    _at("seen_at"),
)
Index("ix_competitor_mention_client", competitor_mention.c.client, competitor_mention.c.seen_at)

competitor_hour = Table(
    "competitor_hour",
    metadata,
    _key("client"),
    _key("competitor"),
    _at("start", primary_key=True),
    _count("mentions"),
    _count("voices"),
)
Index("ix_competitor_hour_client", competitor_hour.c.client, competitor_hour.c.start)

exposure = Table(
    "exposure",
    metadata,
    _at("start", primary_key=True),
    _key("source_class"),
    Column("share", Double, nullable=False),
)

source_health = Table(
    "source_health",
    metadata,
    _key("source"),
    _text("state"),
    _at("since"),
    Column("checked_at", Instant),
    Column("next_at", Instant),
    Column("last_item_at", Instant),
    Column("failures", Integer, nullable=False),
    Column("trouble_code", Text),
    Column("trouble_facts", Json),
)

source_validator = Table(
    "source_validator",
    metadata,
    _key("source"),
    Column("url", PageText, primary_key=True),
    Column("etag", PageText),
    Column("last_modified", PageText),
    Column("digest", Text),
    Column("asked_plainly_at", Instant),
)

source_pending = Table(
    "source_pending",
    metadata,
    _key("source"),
    Column("place", Integer, primary_key=True, autoincrement=False),
    _page("url"),
)

detector_checkpoint = Table(
    "detector_checkpoint",
    metadata,
    _key("detector"),
    _at("through", primary_key=True),
    Column("state", LargeBinary, nullable=False),
)

incident = Table(
    "incident",
    metadata,
    _key("id"),
    Column("number", Integer, nullable=False),
    _text("client"),
    _text("brand"),
    _text("topic"),
    _text("severity"),
    _text("state"),
    _flag("is_open"),
    Column("open_key", Text, unique=True),  # a NULL equals no other NULL: only open ones compete
    _text("because_code"),
    _json("because_facts"),
    _at("happened_at"),
    _at("opened_at"),
    _at("changed_at"),
    Column("owner", Text),
    Column("acknowledged_at", Instant),
    Column("acknowledged_by", Text),
    Column("ended_at", Instant),
    Column("version", Integer, nullable=False),
    Column("evidence_mentions", BigInteger, nullable=False, server_default=text("0")),
    Column("evidence_reach", BigInteger, nullable=False, server_default=text("0")),
    Column("record_length", Integer, nullable=False, server_default=text("0")),
    Column("record_hash", Text, nullable=False, server_default=text("''")),
    UniqueConstraint("client", "number"),
)
Index(
    "ix_incident_open",
    incident.c.opened_at,
    sqlite_where=incident.c.is_open == true(),
    postgresql_where=incident.c.is_open == true(),
)
Index("ix_incident_brand", incident.c.client, incident.c.brand, incident.c.opened_at)

signal = Table(
    "signal",
    metadata,
    _key("key"),
    _text("kind"),
    _text("client"),
    _text("brand"),
    Column("source_class", Text),
    _at("since"),
    _at("at"),
    _at("seen_at"),
    _text("polarity"),
    Column("strength", Double, nullable=False),
    _text("because_code"),
    _json("because_facts"),
    _flag("provisional"),
    _flag("judged"),
    Column("incident", Text, ForeignKey("incident.id")),
    Column("suppressed_code", Text),
    Column("suppressed_facts", Json),
)
Index(
    "ix_signal_unjudged",
    signal.c.at,
    signal.c.key,
    sqlite_where=signal.c.judged == false(),
    postgresql_where=signal.c.judged == false(),
)
Index("ix_signal_brand", signal.c.client, signal.c.brand, signal.c.at)
Index("ix_signal_incident", signal.c.incident, signal.c.at)

timeline = Table(
    "timeline",
    metadata,
    _key("incident", ForeignKey("incident.id")),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _at("at"),
    _text("actor"),
    _text("via"),
    _text("kind"),
    _json("facts"),
    _text("prev_hash"),
    _text("hash"),
)

incident_mention = Table(
    "incident_mention",
    metadata,
    _key("incident", ForeignKey("incident.id")),
    _key("client"),
    _key("brand"),
    _key("item_key"),
    ForeignKeyConstraint(
        ["client", "brand", "item_key"], ["mention.client", "mention.brand", "mention.item_key"]
    ),
)

plan = Table(
    "plan",
    metadata,
    _key("incident", ForeignKey("incident.id")),
    _text("book"),
    _text("book_title"),
    _text("book_digest"),
    _at("chosen_at"),
)

step = Table(
    "step",
    metadata,
    _key("incident", ForeignKey("plan.incident")),
    _key("id"),
    Column("place", Integer, nullable=False),
    _text("title"),
    _text("detail"),
    _text("role"),
    Column("person", Text),
    _at("due_at"),
    _text("done_when"),
    Column("needs", Text),
    _json("after"),
    _text("state"),
    Column("told_at", Instant),
    Column("done_at", Instant),
    Column("done_by", Text),
    Column("result", Text),
)
Index(
    "ix_step_untold",
    step.c.due_at,
    sqlite_where=step.c.told_at.is_(None),
    postgresql_where=step.c.told_at.is_(None),
)

clock = Table(
    "clock",
    metadata,
    _key("incident", ForeignKey("incident.id")),
    _key("name"),
    _at("started_at"),
    _at("due_at"),
    _flag("in_office_hours"),
    Column("stopped_at", Instant),
    Column("stopped_by", Text),
)
Index(
    "ix_clock_running",
    clock.c.due_at,
    sqlite_where=clock.c.stopped_at.is_(None),
    postgresql_where=clock.c.stopped_at.is_(None),
)

delivery = Table(
    "delivery",
    metadata,
    Column("seq", _GROWING, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    _text("incident", ForeignKey("incident.id")),
    _text("client"),
    _text("change"),
    _text("recipient"),
    _text("channel"),
    _text("kind"),
    Column("priority", Integer, nullable=False),
    _text("saying_code"),
    _json("saying_facts"),
    _json("facts"),
    _at("created_at"),
    _at("next_at"),
    _text("state"),
    Column("attempts", Integer, nullable=False),
    Column("lease_until", Instant),
    Column("lease_holder", Text),
    Column("provider_id", Text),
    Column("delivered_at", Instant),
    Column("trouble_code", Text),
    Column("trouble_facts", Json),
    UniqueConstraint("incident", "change", "recipient", "channel"),
    sqlite_autoincrement=True,
)
Index("ix_delivery_due", delivery.c.state, delivery.c.next_at)
Index("ix_delivery_order", delivery.c.incident, delivery.c.channel, delivery.c.created_at)

change = Table(
    "change",
    metadata,
    Column("id", _GROWING, primary_key=True),
    _text("client"),
    _text("kind"),
    _text("subject"),
    _at("at"),
    sqlite_autoincrement=True,
)

sign_in = Table(
    "sign_in",
    metadata,
    _key("person"),
    Column("password_hash", Text),
    Column("failures", Integer, nullable=False),
    Column("locked_until", Instant),
)

link = Table(
    "link",
    metadata,
    _key("nonce_hash"),
    _text("person"),
    _at("expires_at"),
    Column("used_at", Instant),
)
Index("ix_link_person", link.c.person)

session = Table(
    "session",
    metadata,
    _key("token_hash"),
    _text("person"),
    _at("started_at"),
    _at("seen_at"),
    _at("expires_at"),
)
Index("ix_session_person", session.c.person)

sign_in_record = Table(
    "sign_in_record",
    metadata,
    Column("id", _GROWING, primary_key=True),
    _text("person"),
    _text("what"),
    _at("at"),
    _text("address"),
    sqlite_autoincrement=True,
)

lease = Table("lease", metadata, _key("name"), _text("holder"), _at("until"))

meta = Table("meta", metadata, _key("key"), _text("value"))

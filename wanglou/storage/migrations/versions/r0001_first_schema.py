"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "r0001"
down_revision = None
branch_labels = None
depends_on = None

GROWING = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make all tables."""
    _items()
    _mentions()
    _volumes()
    _sources()
    _incidents()
    _plans()
    _outbox()
    _people()


def _items() -> None:
    op.create_table(
        "item",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Text()),
        sa.Column("author_id", sa.Text()),
        sa.Column("author_name", sa.Text()),
        sa.Column("author_verified", sa.Boolean()),
        sa.Column("author_followers", sa.BigInteger()),
        sa.Column("published_at", sa.BigInteger()),
        sa.Column("dated_by", sa.Text(), nullable=False),
        sa.Column("future_dated", sa.Boolean(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("version_seen", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.BigInteger()),
        sa.Column("likes", sa.BigInteger()),
        sa.Column("comments", sa.BigInteger()),
        sa.Column("reposts", sa.BigInteger()),
        sa.Column("observed_at", sa.BigInteger()),
        sa.Column("board", sa.Text()),
        sa.Column("rank", sa.Integer()),
        sa.Column("placed_at", sa.BigInteger()),
        sa.Column("group_id", sa.Text()),
        sa.PrimaryKeyConstraint("key", name="pk_item"),
    )
    op.create_index("ix_item_first_seen", "item", ["first_seen"])
    op.create_index(
        "ix_item_unread",
        "item",
        ["first_seen", "key"],
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "item_version",
        sa.Column("item_key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("version_seen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_key"], ["item.key"], name="fk_item_version_item_key_item", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_key", "version", name="pk_item_version"),
    )
    op.create_table(
        "item_engagement",
        sa.Column("item_key", sa.Text(), nullable=False),
        sa.Column("observed_at", sa.BigInteger(), nullable=False),
        sa.Column("likes", sa.BigInteger()),
        sa.Column("comments", sa.BigInteger()),
        sa.Column("reposts", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["item_key"], ["item.key"], name="fk_item_engagement_item_key_item", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_key", "observed_at", name="pk_item_engagement"),
    )
    op.create_table(
        "item_place",
        sa.Column("item_key", sa.Text(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_key"], ["item.key"], name="fk_item_place_item_key_item", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_key", "board", "placed_at", name="pk_item_place"),
    )
    op.create_table(
        "copy_fingerprint",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_copy_fingerprint"),
    )
    op.create_index("ix_copy_fingerprint_seen_at", "copy_fingerprint", ["seen_at"])


def _mentions() -> None:
    op.create_table(
        "mention",
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("item_key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_class", sa.Text(), nullable=False),
        sa.Column("published_at", sa.BigInteger()),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.Column("alerted_at", sa.BigInteger()),
        sa.Column("delivered_at", sa.BigInteger()),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("spans", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("p_neg", sa.Double(), nullable=False),
        sa.Column("p_neu", sa.Double(), nullable=False),
        sa.Column("p_pos", sa.Double(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("unsure", sa.Boolean(), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("topic_words", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("voice", sa.Boolean(), nullable=False),
        sa.Column("reach", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["item_key"], ["item.key"], name="fk_mention_item_key_item"),
        sa.PrimaryKeyConstraint("client", "brand", "item_key", name="pk_mention"),
    )
    op.create_index("ix_mention_brand", "mention", ["client", "brand", "at"])
    op.create_index("ix_mention_client", "mention", ["client", "at"])
    op.create_index("ix_mention_item_key", "mention", ["item_key"])


def _volumes() -> None:
    op.create_table(
        "volume",
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("source_class", sa.Text(), nullable=False),
        sa.Column("mentions", sa.BigInteger(), nullable=False),
        sa.Column("voices", sa.BigInteger(), nullable=False),
        sa.Column("negatives", sa.BigInteger(), nullable=False),
        sa.Column("reach", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("start", "client", "brand", "source_class", name="pk_volume"),
    )
    op.create_table(
        "volume_hour",
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("mentions", sa.BigInteger(), nullable=False),
        sa.Column("negatives", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client", "brand", "start", name="pk_volume_hour"),
    )
    op.create_index("ix_volume_hour_client", "volume_hour", ["client", "start"])
    op.create_table(
        "exposure",
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("source_class", sa.Text(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("start", "source_class", name="pk_exposure"),
    )
    op.create_table(
        "detector_checkpoint",
        sa.Column("detector", sa.Text(), nullable=False),
        sa.Column("through", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("detector", "through", name="pk_detector_checkpoint"),
    )


def _sources() -> None:
    op.create_table(
        "source_health",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("checked_at", sa.BigInteger()),
        sa.Column("next_at", sa.BigInteger()),
        sa.Column("last_item_at", sa.BigInteger()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trouble_code", sa.Text()),
        sa.Column("trouble_facts", sa.Text()),
        sa.PrimaryKeyConstraint("source", name="pk_source_health"),
    )
    op.create_table(
        "source_validator",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("digest", sa.Text()),
        sa.Column("asked_plainly_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("source", "url", name="pk_source_validator"),
    )
    op.create_table(
        "source_pending",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "place", name="pk_source_pending"),
    )


def _incidents() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("open_key", sa.Text()),
        sa.Column("because_code", sa.Text(), nullable=False),
        sa.Column("because_facts", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text()),
        sa.Column("acknowledged_at", sa.BigInteger()),
        sa.Column("acknowledged_by", sa.Text()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("evidence_mentions", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("evidence_reach", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("record_length", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("record_hash", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
        sa.UniqueConstraint("client", "number", name="uq_incident_client_number"),
        sa.UniqueConstraint("open_key", name="uq_incident_open_key"),
    )
    op.create_index("ix_incident_brand", "incident", ["client", "brand", "opened_at"])
    op.create_index(
        "ix_incident_open",
        "incident",
        ["opened_at"],
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_table(
        "signal",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("source_class", sa.Text()),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("polarity", sa.Text(), nullable=False),
        sa.Column("strength", sa.Double(), nullable=False),
        sa.Column("because_code", sa.Text(), nullable=False),
        sa.Column("because_facts", sa.Text(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("judged", sa.Boolean(), nullable=False),
        sa.Column("incident", sa.Text()),
        sa.Column("suppressed_code", sa.Text()),
        sa.Column("suppressed_facts", sa.Text()),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name="fk_signal_incident_incident"),
        sa.PrimaryKeyConstraint("key", name="pk_signal"),
    )
    op.create_index("ix_signal_brand", "signal", ["client", "brand", "at"])
    op.create_index("ix_signal_incident", "signal", ["incident", "at"])
    op.create_index(
        "ix_signal_unjudged",
        "signal",
        ["at", "key"],
        sqlite_where=sa.text("judged = 0"),
        postgresql_where=sa.text("NOT judged"),
    )
    op.create_table(
        "timeline",
        sa.Column("incident", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name="fk_timeline_incident_incident"),
        sa.PrimaryKeyConstraint("incident", "seq", name="pk_timeline"),
    )
    op.create_table(
        "incident_mention",
        sa.Column("incident", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("item_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client", "brand", "item_key"],
            ["mention.client", "mention.brand", "mention.item_key"],
            name="fk_incident_mention_client_mention",
        ),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name="fk_incident_mention_incident_incident"),
        sa.PrimaryKeyConstraint("incident", "client", "brand", "item_key", name="pk_incident_mention"),
    )


def _plans() -> None:
    op.create_table(
        "plan",
        sa.Column("incident", sa.Text(), nullable=False),
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("book_title", sa.Text(), nullable=False),
        sa.Column("book_digest", sa.Text(), nullable=False),
        sa.Column("chosen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name="fk_plan_incident_incident"),
        sa.PrimaryKeyConstraint("incident", name="pk_plan"),
    )
    op.create_table(
        "step",
        sa.Column("incident", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("person", sa.Text()),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("done_when", sa.Text(), nullable=False),
        sa.Column("needs", sa.Text()),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("told_at", sa.BigInteger()),
        sa.Column("done_at", sa.BigInteger()),
        sa.Column("done_by", sa.Text()),
        sa.Column("result", sa.Text()),
        sa.ForeignKeyConstraint(["incident"], ["plan.incident"], name="fk_step_incident_plan"),
        sa.PrimaryKeyConstraint("incident", "id", name="pk_step"),
    )
    op.create_index(
        "ix_step_untold",
        "step",
        ["due_at"],
        sqlite_where=sa.text("told_at IS NULL"),
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.create_table(
        "clock",
        sa.Column("incident", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("in_office_hours", sa.Boolean(), nullable=False),
        sa.Column("stopped_at", sa.BigInteger()),
        sa.Column("stopped_by", sa.Text()),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name="fk_clock_incident_incident"),
        sa.PrimaryKeyConstraint("incident", "name", name="pk_clock"),
    )
    op.create_index(
        "ix_clock_running",
        "clock",
        ["due_at"],
        sqlite_where=sa.text("stopped_at IS NULL"),
        postgresql_where=sa.text("stopped_at IS NULL"),
    )


def _outbox() -> None:
    op.create_table(
        "delivery",
        sa.Column("seq", GROWING, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("incident", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("saying_code", sa.Text(), nullable=False),
        sa.Column("saying_facts", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("lease_holder", sa.Text()),
        sa.Column("provider_id", sa.Text()),
        sa.Column("delivered_at", sa.BigInteger()),
        sa.Column("trouble_code", sa.Text()),
        sa.Column("trouble_facts", sa.Text()),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name="fk_delivery_incident_incident"),
        sa.PrimaryKeyConstraint("seq", name="pk_delivery"),
        sa.UniqueConstraint("id", name="uq_delivery_id"),
        sa.UniqueConstraint(
            "incident", "change", "recipient", "channel", name="uq_delivery_incident_change_recipient_channel"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_delivery_due", "delivery", ["state", "next_at"])
    op.create_index("ix_delivery_order", "delivery", ["incident", "channel", "created_at"])
    op.create_table(
        "change",
        sa.Column("id", GROWING, nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_change"),
        sqlite_autoincrement=True,
    )


def _people() -> None:
    op.create_table(
        "sign_in",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.BigInteger()),
        sa.PrimaryKeyConstraint("person", name="pk_sign_in"),
    )
    op.create_table(
        "link",
        sa.Column("nonce_hash", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("nonce_hash", name="pk_link"),
    )
    op.create_index("ix_link_person", "link", ["person"])
    op.create_table(
        "session",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_session"),
    )
    op.create_index("ix_session_person", "session", ["person"])
    op.create_table(
        "sign_in_record",
        sa.Column("id", GROWING, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_record"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )

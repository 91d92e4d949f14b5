"""The search index over mentions, and people's corrections of readings."""

import sqlalchemy as sa
from alembic import op

revision = "r0004"
down_revision = "r0003"
branch_labels = None
depends_on = None

GROWING = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Mentions that are there already are indexed by the worker, newest first."""
    _mentions()
    _corrections()
    _search_index()


def _mentions() -> None:
    op.add_column("mention", sa.Column("void", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("mention", sa.Column("searchable", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("mention", sa.Column("search_id", sa.BigInteger()))
    op.create_index("ix_mention_group", "mention", ["group_id"])
    op.create_index("ix_mention_search_id", "mention", ["search_id"], unique=True)
    unsearchable = sa.column("searchable", sa.Boolean()) == sa.false()
    op.create_index(
        "ix_mention_unsearchable",
        "mention",
        ["at"],
        sqlite_where=unsearchable,
        postgresql_where=unsearchable,
    )


def _corrections() -> None:
    op.create_table(
        "correction",
        sa.Column("id", GROWING, nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("item_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("undone_by", sa.Text()),
        sa.Column("undone_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_correction"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_correction_group", "correction", ["group_id"])
    op.create_index("ix_correction_client", "correction", ["client", "at"])


def _search_index() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE TABLE mention_search (id BIGINT PRIMARY KEY, grams TSVECTOR NOT NULL)")
        op.execute("CREATE INDEX ix_mention_search_grams ON mention_search USING gin (grams)")
        return
    op.execute(
        "CREATE VIRTUAL TABLE mention_search USING fts5"
        "(grams, tokenize = 'ascii', detail = 'none', columnsize = 0)"
    )

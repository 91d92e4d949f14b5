"""Competitors' mentions by the hour, and the voices of the client's own brands beside them."""

import sqlalchemy as sa
from alembic import op

revision = "r0002"
down_revision = "r0001"
branch_labels = None
depends_on = None

HOUR = 3_600_000_000
"""Microseconds."""


def upgrade() -> None:
    """Make room for competitors; count the voices of each hour from what is kept by the five minutes."""
    op.create_table(
        "competitor_mention",
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("competitor", sa.Text(), nullable=False),
        sa.Column("item_key", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client", "competitor", "item_key", name="pk_competitor_mention"),
    )
    op.create_index("ix_competitor_mention_client", "competitor_mention", ["client", "seen_at"])
    op.create_table(
        "competitor_hour",
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("competitor", sa.Text(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("mentions", sa.BigInteger(), nullable=False),
        sa.Column("voices", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client", "competitor", "start", name="pk_competitor_hour"),
    )
    op.create_index("ix_competitor_hour_client", "competitor_hour", ["client", "start"])
    op.add_column(
        "volume_hour", sa.Column("voices", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    )
    _count_voices()


def _count_voices() -> None:
    buckets = sa.table("volume", *map(sa.column, ("start", "client", "brand", "voices")))
    hours = sa.table("volume_hour", *map(sa.column, ("start", "client", "brand", "voices")))
    start = buckets.c.start - buckets.c.start % HOUR
    sums = (
        sa.select(
            buckets.c.client, buckets.c.brand, start.label("start"), sa.func.sum(buckets.c.voices).label("n")
        )
        .group_by(buckets.c.client, buckets.c.brand, start)
        .subquery()
    )
    of_hour = (
        hours.c.client == sums.c.client,
        hours.c.brand == sums.c.brand,
        hours.c.start == sums.c.start,
    )
    op.execute(sa.update(hours).values(voices=sums.c.n).where(*of_hour))

"""How much of each brand was observed, so that pages do not call quiet what nobody could judge yet."""

import sqlalchemy as sa
from alembic import op

revision = "r0008"
down_revision = "r0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it; the worker fills it in when it next looks at the counts."""
    op.create_table(
        "observed",
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("buckets", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client", "brand", name="pk_observed"),
    )

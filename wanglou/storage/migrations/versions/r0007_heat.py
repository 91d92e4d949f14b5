"""How hot a hot list says an entry is, beside its rank."""

import sqlalchemy as sa
from alembic import op

revision = "r0007"
down_revision = "r0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it; what was seen before has none."""
    op.add_column("item", sa.Column("heat", sa.BigInteger()))
    op.add_column("item_place", sa.Column("heat", sa.BigInteger()))

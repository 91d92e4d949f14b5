"""The desk's first questions, as a mention answers them."""

import sqlalchemy as sa
from alembic import op

revision = "r0005"
down_revision = "r0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column more; mentions read before have no answers."""
    op.add_column("mention", sa.Column("answers", sa.Text()))

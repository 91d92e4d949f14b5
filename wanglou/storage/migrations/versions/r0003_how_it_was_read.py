"""What the rules did to a mention's reading, and where its words stand."""

import sqlalchemy as sa
from alembic import op

revision = "r0003"
down_revision = "r0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns more; mentions read before have neither."""
    op.add_column("mention", sa.Column("why", sa.Text()))
    op.add_column("mention", sa.Column("marks", sa.Text()))

"""What is limited by time is counted by itself: per clinic and in total, not only per account."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table. The codes mailed within the last day begin to count anew."""
    op.create_table(
        "counted_uses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_counted_uses_key_at", "counted_uses", ["key", "at"])
    op.create_index("ix_counted_uses_expires_at", "counted_uses", ["expires_at"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("counted_uses")

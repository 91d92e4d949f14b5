"""What Alembic runs: the revisions, on the connection and in the transaction it was given."""

from alembic import context

from wanglou.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a column by rebuilding its table
)
context.run_migrations()

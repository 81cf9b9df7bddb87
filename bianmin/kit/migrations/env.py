"""What Alembic runs for each history: on the connection, and with the version table, that the caller's config names."""

from alembic import context

given = context.config.attributes
context.configure(connection=given["connection"], version_table=given["version_table"])
with context.begin_transaction():
    context.run_migrations()

"""What Alembic runs: each migration in a transaction of its own, on the connection that was asked for."""

import psycopg
import sqlalchemy
from alembic import context

from dossier.migrations.runner import LOCK_TIMEOUT

conninfo = context.config.attributes["conninfo"]
engine = sqlalchemy.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(conninfo))
with engine.connect() as connection:
    connection.execute(sqlalchemy.text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.commit()
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()

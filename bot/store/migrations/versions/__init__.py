"""The steps, in order; Alembic reads them as files."""

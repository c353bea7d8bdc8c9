"""Alembic migrations of the store, packaged so that every installation can bring its store up to date."""

"""Alembic migrations of the warehouse; each runs SQL files that stand frozen beside it."""

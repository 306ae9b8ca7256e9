"""Rows straight into core tables, as the tests of indicators put them."""

from __future__ import annotations

from tests.warehouse.indicators.conftest import connection, load

__all__ = ["connection", "load"]

"""Fixtures of the oracle's tests: the small worlds, and a landing folder with receipts in a real database."""

from __future__ import annotations

import importlib.util
import pathlib
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def worlds() -> ModuleType:
    """The module worlds.py of this folder (tests are imported by path)."""
    path = pathlib.Path(__file__).with_name("worlds.py")
    spec = importlib.util.spec_from_file_location("oracle_worlds", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

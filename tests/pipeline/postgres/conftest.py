"""Servers as a DBA sets them up: PostgreSQL of the wheel (18) and, where it is installed, Debian's 15."""

from __future__ import annotations

import contextlib
import pathlib
import tempfile
from collections.abc import Iterator

import pytest

from pipeline.services.postgres import binaries
from tests.conftest import roomy_memory

DEBIAN = pathlib.Path("/usr/lib/postgresql/15/bin")
needs_debian = pytest.mark.skipif(not DEBIAN.exists(), reason="needs Debian's postgresql-15")
#: Each version that a test is run on.
VERSIONS = [pytest.param(DEBIAN, id="15", marks=needs_debian), pytest.param(binaries(), id="18")]
UNSAFE = {"fsync": "off", "full_page_writes": "off"}


@contextlib.contextmanager
def folder_of_servers() -> Iterator[pathlib.Path]:
    """A folder that a server's user may walk into, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="anze-", dir=roomy_memory()) as folder:
        yield pathlib.Path(folder)

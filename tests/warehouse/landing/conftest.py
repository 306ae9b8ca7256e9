"""Stores of both kinds."""

from __future__ import annotations

import pathlib
from collections.abc import Callable

import pytest

from tests.object_server import ObjectServer
from warehouse.landing.folder_store import FolderStore
from warehouse.landing.store import Store


@pytest.fixture(params=["folder", "bucket", "bucket with versions"])
def store(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Store:
    """An empty store: whatever landing promises, it promises of each."""
    if request.param == "folder":
        return FolderStore(tmp_path / "store")
    server: ObjectServer = request.getfixturevalue("object_server")
    return server.store(server.bucket(versioned="versions" in request.param))


Spoil = Callable[[Store, str, bytes | None], None]


@pytest.fixture
def spoil(request: pytest.FixtureRequest) -> Spoil:
    """Lay other bytes over a name past the store, or take it away (None)."""

    def act(store: Store, name: str, content: bytes | None) -> None:
        if isinstance(store, FolderStore):
            path = store.root / name
            path.unlink(missing_ok=True)
            if content is not None:
                path.write_bytes(content)
            return
        server: ObjectServer = request.getfixturevalue("object_server")
        key = store.where(name).removeprefix("s3://")
        server.ask("DELETE" if content is None else "PUT", key, content or b"")

    return act

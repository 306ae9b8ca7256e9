"""What a folder promises besides: rights, blocks, no half files."""

from __future__ import annotations

import os
import pathlib
import stat
import tracemalloc

import pytest
import sqlalchemy as sa

from schemas.delivery import Delivery, PayloadFile
from schemas.errors import FileChanging, SetupError
from tests.warehouse.building import at, one
from tests.warehouse.landing.test_landing import delivery
from warehouse.landing.folder_store import FolderStore
from warehouse.landing.receipts import land


def test_a_file_that_cannot_be_kept_gets_no_receipt(
    engine: sa.Engine, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(SetupError, match="No space left"):
        land(engine, FolderStore(tmp_path), delivery(b"one"))
    assert one(engine, "select count(*) from landing.batch") == 0
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_file_is_kept_in_blocks_whatever_its_size(tmp_path: pathlib.Path) -> None:
    source = tmp_path / "large.csv"
    with source.open("wb") as file:
        file.truncate(100_000_000)
    tracemalloc.start()
    kept = FolderStore(tmp_path / "store").write_file(source)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert kept.size_bytes == FolderStore(tmp_path / "store").path(kept.sha256).stat().st_size == 100_000_000
    assert peak < 10_000_000


class WrittenMeanwhile(FolderStore):
    """A store whose source file is written by somebody else between its first reading and its copying."""

    def path(self, sha256: str) -> pathlib.Path:
        with (self.root.parent / "policy.csv").open("ab") as file:
            file.write(b"one more\n")
        return super().path(sha256)


def test_a_file_that_changes_while_it_is_read_does_not_land(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    source = tmp_path / "policy.csv"
    source.write_bytes(b"half\n")
    half = Delivery("lichun", "policy", "drop", at(18), (PayloadFile("policy.csv", "text/csv", source),))
    with pytest.raises(FileChanging):
        land(engine, WrittenMeanwhile(tmp_path / "store"), half)
    assert one(engine, "select count(*) from landing.batch") == 0
    assert not [path for path in (tmp_path / "store").rglob("*") if path.is_file()]
    assert land(engine, FolderStore(tmp_path / "store"), half).state == "received"


def test_landed_bytes_are_closed_to_others_whatever_the_umask(tmp_path: pathlib.Path) -> None:
    before = os.umask(0)
    try:
        sha256 = FolderStore(tmp_path / "store").write(b"content")
        os.umask(0o077)
        other = FolderStore(tmp_path / "store").write(b"other")
    finally:
        os.umask(before)
    for path in (FolderStore(tmp_path / "store").path(sha256), FolderStore(tmp_path / "store").path(other)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o440
        folders = [folder for folder in path.parents if folder.is_relative_to(tmp_path / "store")]
        assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o750}


def test_an_older_store_is_closed_to_others_too(tmp_path: pathlib.Path) -> None:
    store = FolderStore(tmp_path / "store")
    path = store.path(store.write(b"content"))
    path.chmod(0o444)
    path.parent.chmod(0o755)
    assert (store.restrict(), store.restrict()) == (2, 0)
    assert stat.S_IMODE(path.stat().st_mode) == 0o440
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o750
    assert FolderStore(tmp_path / "nowhere").restrict() == 0

"""Whatever a superuser changes, the entry is named; who covers all tracks is shown by a head that was kept outside."""

from __future__ import annotations

import pathlib

import pytest
import sqlalchemy as sa

from schemas.errors import NotFound
from tests.warehouse.building import files_of, rows_of
from tests.warehouse.landing.forging import forge, rechain, rewrite_texts, story
from warehouse.landing import ledger
from warehouse.landing.folder_store import FolderStore
from warehouse.landing.kept_heads import KeptHead
from warehouse.landing.ledger import walk

Forgery = tuple[tuple[str, ...], int | None, str]
FORGERIES: dict[str, Forgery] = {
    "receipt's moment": (("update landing.batch set received_at = received_at - interval '1 day' where batch_id = 2",), 3, "receipt_no:"),
    "receipt's insurer": (("update landing.batch set insurer_id = 'tianji' where batch_id = 1",), 1, "insurer_id:"),
    "receipt deleted": (("delete from landing.batch where batch_id = 3",), 5, "库中已无此事"),
    "file's digest": (("update landing.batch_payload set sha256 = (select sha256 from landing.payload order by landed_at desc, sha256 limit 1) where batch_id = 1",), 1, "file.1:"),
    "file's name": (("update landing.batch_payload set name = 'other' where batch_id = 2",), 3, "file.1:"),
    "file's size": (("update landing.payload set size_bytes = size_bytes + 1 where sha256 = (select sha256 from landing.batch_payload where batch_id = 2)",), 3, "file.1:"),
    "file deleted": (("delete from landing.batch_payload where batch_id = 2",), 3, "file.1:"),
    "file added": (("insert into landing.batch_payload select batch_id, 2, sha256, 'more' from landing.batch_payload where batch_id = 2",), 3, "file.2:"),
    "count of the log": (("update landing.load set accepted_count = 2, quarantined_count = 0 where batch_id = 1",), 2, "accepted_count:"),
    "count of the receipt": (("update landing.batch set accepted_count = 2, quarantined_count = 0 where batch_id = 1",), 2, "accepted_count:"),
    "count of both": (tuple(f"update landing.{t} set accepted_count = 2, quarantined_count = 0 where batch_id = 1" for t in ("load", "batch")), 2, "accepted_count:"),
    "verdict's state": (tuple(f"update landing.{t} set state = 'rejected' where batch_id = 2" for t in ("load", "batch")), 4, "state:"),
    "verdict deleted": (("delete from landing.load where batch_id = 2",), 4, "库中已无此事"),
    "verdict added": (("insert into landing.load select nextval('landing.load_no'), batch_id, 'replay', now(), contract_version, ruleset_version, calendar_version, definition_digest, state, 0, 0, 0, 0, 0, 0, null, null from landing.load where batch_id = 1",), None, "存证中没有"),
    "refusal's reason": (("update landing.batch set reason_text = '其他' where batch_id = 3",), 6, "reason_sha256:"),
    "who discarded": (("update landing.discard set discarded_by = '王工'",), 8, "discarded_by:"),
    "receipt added": (("insert into landing.batch (insurer_id, record_type, channel, received_at, digest) values ('tianji', 'policy', 'drop', '2026-11-18', 'x')",), None, "存证中没有"),
    "submitter added": (("insert into landing.submission (batch_id, insurer_id, submitted_by, via, client) values (1, 'lichun', 'eve', 'api', '-')",), 1, "submitted_by:"),
    "entry's text": (("update landing.ledger_text set text = replace(text, 'accepted_count=1', 'accepted_count=9') where position = 2",), 2, "accepted_count:"),
    "entry's salt": (("update landing.ledger_text set text = replace(text, 'salt=', 'salt=0') where position = 4",), 4, "its text is not that"),
    "text's blank line": (("update landing.ledger_text set text = text || chr(10) where position = 4",), 4, "格式被改动"),
    "entry's hash": (("update landing.ledger set hash = repeat('a', 64) where position = 3",), 3, "链值不符"),
    "entry's filing": (("update landing.ledger_text set insurer_id = 'yuheng' where position = 5",), 5, "归属"),
    "text deleted": (("delete from landing.ledger_text where position = 5",), 5, "原文缺失"),
    "link deleted": (("delete from landing.ledger where position = 5",), 5, "缺失"),
    "entry deleted": (("delete from landing.ledger where position = 2", "delete from landing.ledger_text where position = 2"), 2, "缺失"),
    "entries swapped": (("update landing.ledger_text set position = -position where position in (1, 3)", "update landing.ledger_text set position = 4 + position where position < 0"), 1, "position:"),
    "entry added": (("insert into landing.ledger values (9, (select hash from landing.ledger where position = 8), repeat('b', 64), repeat('c', 64))",), 9, "原文缺失"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_a_superusers_change_is_named_at_its_entry(engine: sa.Engine, tmp_path: pathlib.Path, name: str) -> None:
    story(engine, tmp_path)
    statements, position, told = FORGERIES[name]
    forge(engine, *statements)
    first = walk(engine, FolderStore(tmp_path)).broken[0]
    assert (first.position, told in first.problem) == (position, True), first.line


@pytest.mark.parametrize("name", ["receipt's moment", "count of both", "receipt deleted", "who discarded"])
def test_who_changes_facts_entries_and_all_hashes_is_shown_by_a_head_kept_outside(
    engine: sa.Engine, tmp_path: pathlib.Path, name: str
) -> None:
    story(engine, tmp_path)
    heads = {p: KeptHead(p, h, f"kept {p}") for p, h in rows_of(engine, "select position, hash from landing.ledger")}
    statements, position, _ = FORGERIES[name]
    assert position is not None
    forge(engine, *statements)
    rewrite_texts(engine)
    rechain(engine)
    assert walk(engine).broken == ()
    before = [heads[n] for n in range(1, position)]
    assert walk(engine, kept=before).broken == ()
    last = max(heads)
    first = walk(engine, kept=[*before, heads[last]]).broken[0]
    assert (first.position, f"kept {last}" in first.problem) == (last, True), first.line
    assert f"after entry {position - 1}" in first.problem


def test_an_end_that_is_cut_off_is_shown_by_a_head_kept_outside(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    story(engine, tmp_path)
    newest = ledger.head(engine)
    forge(
        engine,
        "delete from landing.discard",
        "update landing.batch set state = 'received', loaded_at = null, reason_code = null where batch_id = 4",
        *(f"delete from landing.{table} where position = 8" for table in ("ledger", "ledger_text")),
    )
    assert walk(engine, FolderStore(tmp_path)).broken == ()
    (lost,) = walk(engine, kept=[KeptHead(newest.position, newest.hash, "2026-11-20.txt line 1")]).broken
    assert lost.position == 8
    assert walk(engine, kept=[KeptHead(newest.position, newest.hash, "-")], since=8).broken[0].position == 8
    assert "2026-11-20.txt line 1" in lost.line


@pytest.mark.parametrize("harm", ["flip", "remove"])
def test_one_byte_of_the_store_is_named(engine: sa.Engine, tmp_path: pathlib.Path, harm: str) -> None:
    story(engine, tmp_path)
    (part,) = files_of(engine, tmp_path, 2)
    content = bytearray(part.path.read_bytes())
    content[len(content) // 2] ^= 1
    part.path.unlink()
    if harm == "flip":
        part.path.write_bytes(content)
    (broken,) = walk(engine, FolderStore(tmp_path)).broken
    assert (broken.position, broken.kind, broken.batch_id) == (3, "receipt", 2)
    assert str(part.path) in broken.problem
    assert walk(engine).broken == ()


def test_files_of_a_discarded_batch_may_be_gone(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    story(engine, tmp_path)
    (part,) = files_of(engine, tmp_path, 4)
    part.path.unlink()
    assert walk(engine, FolderStore(tmp_path)).broken == ()


def test_a_walk_from_an_entry_on_believes_what_came_before(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    story(engine, tmp_path)
    forge(engine, *FORGERIES["receipt's insurer"][0])
    whole = walk(engine)
    assert {each.position for each in whole.broken} == {1, 2}
    later = walk(engine, since=3)
    assert (later.entries, later.head, later.broken) == (6, whole.head, ())
    with pytest.raises(NotFound, match="no entry 9: it ends at 8"):
        walk(engine, since=9)

"""The ledger as a person asks it, and a receipt that is checked with nothing but the script and the file that was sent."""

from __future__ import annotations

import ast
import copy
import csv
import json
import pathlib
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from tests.pipeline.cli.test_exports import HEADER, ROW
from tests.pipeline.conftest import Answer, Anze

SCRIPT = pathlib.Path(__file__).parents[3] / "docs" / "verify_receipt.py"
Bundle = dict[str, Any]


def written(folder: pathlib.Path, name: str) -> pathlib.Path:
    """A delivery of one policy."""
    path = folder / f"保单 {name}.csv"
    row = dict(zip(HEADER, ROW, strict=True)) | {"policy_no": name, "source_record_no": name}
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, row.values()])
    return path


def check(*arguments: object) -> Answer:
    """Run the script as its receiver does: away from the hub, without its packages or environment."""
    given = [sys.executable, "-I", "-S", str(SCRIPT), *map(str, arguments)]
    done = subprocess.run(given, capture_output=True, cwd="/", env={"LANG": "C"}, check=False)
    return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def told(installed: pathlib.Path, anze: Anze) -> pathlib.Path:
    """Two deliveries, each with its verdict (the second is refused): entries 1 to 4."""
    for insurer, name in (("tianji", "G1"), ("yuheng", "G2")):
        assert anze("submit", insurer, "policy", written(installed, name)).code <= 1
    return installed


def forge(url: str, *statements: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("set local session_replication_role = replica")
        for each in statements:
            connection.exec_driver_sql(each)
    engine.dispose()


def test_a_whole_ledger_is_verified(told: pathlib.Path, anze: Anze) -> None:
    newest = anze("ledger", "head", "--json").json
    found = anze("ledger", "verify", "--json")
    assert (found.code, found.json["entries"], found.json["links_broken"]) == (0, 4, 0)
    assert found.json["head"] == newest
    assert anze("ledger", "head").out.split() == ["4", newest["hash"]]
    shown = anze("ledger", "verify")
    assert "全部相符" in shown.out
    assert anze("ledger", "verify", "--from", 5).code == 2


def test_the_first_broken_link_is_told(told: pathlib.Path, anze: Anze, database_url: str) -> None:
    forge(
        database_url,
        "update landing.load set received_count = 5, accepted_count = 5 where batch_id = 1",
        "update landing.batch set digest = 'x' where batch_id = 2",
    )
    found = anze("ledger", "verify")
    assert found.code == 1
    told_ = " ".join(found.out.split())
    assert "首处 the first: 第 2 条 entry 2 (verdict, 批次 batch 1): received_count: 存证 ledger 1, 现在 now 5" in told_
    assert [each["position"] for each in anze("ledger", "verify", "--json").json["broken"]] == [2, 3]
    assert anze("ledger", "verify", "--from", 3, "--json").json["links_broken"] == 1


def test_a_byte_of_the_store_is_told(told: pathlib.Path, anze: Anze) -> None:
    (path, *_) = (p for p in (told / "landing").rglob("*") if p.is_file() and b"G2" in p.read_bytes())
    content = path.read_bytes().replace(b"G2", b"G3")
    path.unlink()
    path.write_bytes(content)
    found = anze("ledger", "verify", "--json")
    assert found.code == 1
    (broken,) = found.json["broken"]
    assert (broken["position"], broken["batch_id"]) == (3, 2)
    assert str(path) in broken["line"]


def test_heads_are_kept_by_the_intake_and_bind_what_came_before(
    told: pathlib.Path, anze: Anze, database_url: str
) -> None:
    assert anze("intake").code == 0
    (file,) = (told / "var" / "ledger").iterdir()
    assert file.read_text(encoding="ascii").startswith(f"4 {anze('ledger', 'head', '--json').json['hash']} ")
    assert anze("ledger", "keep").out.strip().endswith(file.name)
    assert len(file.read_text(encoding="ascii").splitlines()) == 1
    forge(
        database_url,
        "delete from landing.load where batch_id = 2",
        "update landing.batch set state = 'received', loaded_at = null, received_count = null where batch_id = 2",
        *(f"delete from landing.{table} where position = 4" for table in ("ledger", "ledger_text")),
    )
    found = anze("ledger", "verify", "--json")
    assert found.code == 1
    assert [each["position"] for each in found.json["broken"]] == [4]
    assert f"{file.name} line 1" in found.json["broken"][0]["line"]


def test_a_publication_has_its_entry_and_keeps_the_head(told: pathlib.Path, anze: Anze) -> None:
    assert anze("publish").code <= 1
    newest = anze("ledger", "head", "--json").json
    (file,) = (told / "var" / "ledger").iterdir()
    assert file.read_text(encoding="ascii").startswith(f"5 {newest['hash']} ")
    assert anze("ledger", "verify", "--json").json["links_broken"] == 0


def test_heads_that_somebody_changed_are_no_silence(told: pathlib.Path, anze: Anze) -> None:
    folder = told / "var" / "ledger"
    folder.mkdir(parents=True)
    (folder / "2026-11-21.txt").write_text("4 abc\n", encoding="ascii")
    found = anze("ledger", "verify")
    assert (found.code, "2026-11-21.txt line 1" in found.err) == (4, True)


@pytest.fixture
def bundle(told: pathlib.Path, anze: Anze) -> pathlib.Path:
    """The first delivery's receipt with its proof."""
    path = told / "receipt.json"
    assert anze("ledger", "export", 1, path).code == 0
    return path


def test_a_receipt_is_checked_offline(told: pathlib.Path, anze: Anze, bundle: pathlib.Path) -> None:
    sent = told / "保单 G1.csv"
    newest = anze("ledger", "head", "--json").json["hash"]
    for arguments in ((bundle, sent), (bundle, sent, "--head", newest)):
        found = check(*arguments)
        assert (found.code, "回执属实" in found.out, found.err) == (0, True, "")
    other = check(bundle, sent, "--head", "0" * 64)
    assert (other.code, "另处公布的链头" in other.out) == (1, True)
    assert check(bundle, told / "保单 G2.csv").code == 1
    assert check(bundle, sent, sent).code == 1
    assert check(bundle, told / "none.csv").code == 1


def test_a_receipt_is_found_by_its_number_and_written_once(
    told: pathlib.Path, anze: Anze, bundle: pathlib.Path
) -> None:
    number = json.loads(bundle.read_text(encoding="utf-8"))["receipt_no"]
    assert anze("ledger", "export", number, told / "again.json").code == 0
    assert (told / "again.json").read_bytes() == bundle.read_bytes()
    assert anze("ledger", "export", number, bundle).code == 2
    for unknown in ("9", number[:-8] + "00000000", "张三"):
        assert anze("ledger", "export", unknown, told / "x.json").code == 2
        assert not (told / "x.json").exists()


def test_a_bundle_tells_nothing_of_other_insurers(bundle: pathlib.Path) -> None:
    content = bundle.read_text(encoding="utf-8")
    assert "tianji" in content
    assert "yuheng" not in content


TAMPERINGS: dict[str, Callable[[Bundle], object]] = {
    "count": lambda b: b["texts"].update({"2": b["texts"]["2"].replace("accepted_count=", "accepted_count=1")}),
    "file": lambda b: b["texts"].update({"1": b["texts"]["1"].replace(" ", "0 ", 1)}),
    "number": lambda b: b.update(receipt_no="20260101-1-00000000"),
    "digest": lambda b: b["text_sha256"].__setitem__(3, "a" * 64),
    "order": lambda b: b["text_sha256"].reverse(),
    "end": lambda b: b["text_sha256"].pop(),
    "previous": lambda b: b.update(previous="1" * 64),
    "position": lambda b: b.update(position=2),
    "head": lambda b: b["head"].update(hash="b" * 64),
    "head's position": lambda b: b["head"].update(position=9),
    "verdict of another": lambda b: b["texts"].update({"4": b["texts"]["2"]}),
    "no texts": lambda b: b.update(texts={}),
    "no object": lambda b: b.update(texts=[]),
}


def test_a_bundle_that_was_tampered_with_does_not_hold(told: pathlib.Path, bundle: pathlib.Path) -> None:
    whole = json.loads(bundle.read_text(encoding="utf-8"))
    for name, tamper in TAMPERINGS.items():
        changed = copy.deepcopy(whole)
        tamper(changed)
        assert changed != whole, name
        bundle.write_text(json.dumps(changed), encoding="utf-8")
        found = check(bundle, told / "保单 G1.csv")
        assert (found.code, "回执不符" in found.out, found.err) == (1, True, ""), name


def test_a_file_that_is_no_bundle_is_told_in_a_line(told: pathlib.Path) -> None:
    for content in ("", "[]", "{", '{"texts": 1}'):
        (told / "x.json").write_text(content, encoding="utf-8")
        found = check(told / "x.json", told / "保单 G1.csv")
        assert (found.code, "无法读取" in found.out, found.err) == (1, True, "")


def test_the_check_of_everything_counts_broken_links(told: pathlib.Path, anze: Anze, database_url: str) -> None:
    assert anze("verify", "--json").json["links_broken"] == 0
    forge(database_url, "update landing.load set reason_text = 'x' where batch_id = 1")
    found = anze("verify", "--json")
    assert (found.code, found.json["links_broken"]) == (1, 1)
    assert any("reason_sha256" in line for line in found.json["details"])


def test_the_script_needs_an_old_python_only() -> None:
    lines = SCRIPT.read_text(encoding="utf-8").splitlines()
    imported = {line.split()[1] for line in lines if line.startswith(("import ", "from "))}
    assert imported <= sys.stdlib_module_names
    assert len(lines) < 100
    ast.parse("\n".join(lines), feature_version=(3, 8))

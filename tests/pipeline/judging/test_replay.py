"""``anze replay`` and ``anze verify --rebuild`` as a person runs them, after a rule or a mapping was mended."""

from __future__ import annotations

import functools
import pathlib

import pytest
import sqlalchemy as sa

from connectors.definition import load_definition
from pipeline.hub import Hub
from pipeline.services.installation import FIRST_NIGHT, NIGHT
from quality.catalogue import RuleSet, load_rules, rules_of
from sandbox import drops
from sandbox.truth import Record, build
from tests.pipeline.conftest import Anze
from tests.pipeline.telling import rows_of

CURRENT = "select policy_no from core.policy_current order by 1"


@functools.cache
def policies() -> list[Record]:
    """Three policies of the sandbox's year that renew no other, without a column that nobody agreed on."""
    rows = build(5, 0.01).feed("tianquan", "policy", None, FIRST_NIGHT)
    recent = [row for row in rows if row["issue_date"].year == NIGHT.year and row["operation_code"] != "D"]
    return [row for row in recent if row["previous_policy_no"] is None][:3]


def submit(anze: Anze, folder: pathlib.Path, rows: list[Record], name: str = "one") -> int:
    (folder / name).mkdir()
    file = drops.write_file("csv_utf8", folder / name, "policy", rows, NIGHT.date())
    answer = anze("submit", "tianquan", "policy", file, "--json")
    assert answer.out, answer.err
    return int(answer.json["batch_id"])


def warning_instead(rule_id: str) -> RuleSet:
    """The catalogue after a fix: a rule warns where it held."""
    texts = dict(load_rules().texts)
    name = next(name for name, text in texts.items() if f"id: {rule_id}\n" in text)
    head, mark, tail = texts[name].partition(f"id: {rule_id}\n")
    texts[name] = head + mark + tail.replace("severity: error", "severity: warning", 1)
    return rules_of(texts)


def test_a_rule_fix_clears_exactly_what_the_rule_held(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, three = policies()
    span = {"cover_start_date": one["cover_end_date"], "cover_end_date": one["cover_start_date"]}
    batch_id = submit(anze, installed, [one | span, two | {"operation_code": "?"}, three])
    held = rows_of(engine, "select row_no, reasons from quarantine.row order by row_no")
    rule_id = held[0].reasons[0]["rule_id"]
    assert len(held) == 2
    assert {reason["rule_id"] for reason in held[0].reasons} == {rule_id}
    receipt = rows_of(engine, "select b::text from landing.batch as b")

    assert anze("replay", "--held-by", "ENV-999", "--json").json["batches"] == []
    monkeypatch.setattr(Hub, "rules", warning_instead(rule_id))
    for arguments, is_rehearsal in ((["--dry-run"], True), ([], False)):
        answer = anze("replay", "--held-by", rule_id, *arguments, "--json").json
        expected = {"rows": 3, "cleared": 1, "changed": 1, "withdrawn": 0, "still_held": 1, "unchanged": 1}
        assert answer["is_rehearsal"] == is_rehearsal
        assert [{name: line[name] for name in expected} for line in answer["batches"]] == [expected]
    assert {row.policy_no for row in rows_of(engine, CURRENT)} == {one["policy_no"], three["policy_no"]}
    standing = rows_of(engine, "select row_no, resolved_by_batch_id from quarantine.row order by row_no")
    assert [tuple(row) for row in standing] == [(held[0].row_no, batch_id), (held[1].row_no, None)]
    assert rows_of(engine, "select b::text from landing.batch as b") == receipt
    assert anze("replay", "--batch", batch_id).code == 0
    assert rows_of(engine, "select count(*) as n from core.policy")[0].n == 2


def mistaken(folder: pathlib.Path) -> pathlib.Path:
    """The sender's definition as it was before somebody mended it: two columns are taken for each other."""
    for name, text in load_definition("tianquan").texts.items():
        wrong = (
            "records:\n  policy:\n    columns: {insured_name: holder_name, holder_name: insured_name}\n"
            if "insurers" in name
            else ""
        )
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text + wrong, encoding="utf-8")
    return folder


def test_a_mapping_fix_is_replayed_and_both_editions_are_rebuilt(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The live database equals its rebuild, until somebody tampers with it past every trigger."""
    row = policies()[0] | {"holder_name": "投保人有限公司"}
    with monkeypatch.context() as before:
        folder = mistaken(installed / "before")
        before.setattr(Hub, "definition", lambda hub, name: load_definition(name, folder, hub.settings.environ))
        batch_id = submit(anze, installed, [row])
    line = anze("replay", "--insurer", "tianquan", "--from", f"{NIGHT:%Y-%m-%d}", "--json").json["batches"][0]
    assert (line["batch_id"], line["changed"], line["withdrawn"]) == (batch_id, 1, 0)
    versions = rows_of(engine, "select insured_name, superseded_at is null as is_current from core.policy order by 2")
    assert [tuple(v) for v in versions] == [("投保人有限公司", False), (row["insured_name"], True)]

    rebuilt = anze("verify", "--rebuild", "--json").json
    assert (rebuilt["is_equal"], rebuilt["loads"], rebuilt["differing_rows"]) == (True, 2, [])
    with engine.begin() as connection:
        connection.exec_driver_sql("set local session_replication_role = replica")
        connection.exec_driver_sql("update core.policy set first_received_at = first_received_at - interval '1 day'")
    answer = anze("verify", "--rebuild")
    assert answer.code == 1
    assert rebuilt["digest_rebuilt"] in answer.out
    assert rebuilt["digest_live"] not in answer.out.splitlines()[0]
    told = [text.strip() for text in answer.out.splitlines()[3:]]
    assert told[0] == "core.policy"
    assert len(told) == 5
    assert all(str(row["policy_no"]) in text for text in told[1:])
    assert row["insured_name"] not in answer.out


def test_a_scope_is_named_and_must_be_possible(installed: pathlib.Path, anze: Anze) -> None:
    assert anze("replay").code == 2
    assert anze("replay", "--all", "--batch", "1").code == 2
    missing = anze("replay", "--batch", "7")
    assert (missing.code, missing.err) == (2, "NotFound: there is no batch 7\n")
    assert anze("replay", "--all", "--json").json == {"is_rehearsal": False, "batches": []}

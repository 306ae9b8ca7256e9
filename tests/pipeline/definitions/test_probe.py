"""``anze insurer probe`` and ``check`` as a person uses them, against real systems; nothing is stored."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterator

import pytest

from connectors import definition
from pipeline.definitions.definition_pages import SECTIONS, credentials_page, definitions_page, meanings
from sandbox.server import Serving, credentials, serve
from tests.connectors.conftest import Tiny
from tests.pipeline.conftest import Anze


@pytest.fixture
def system(nowhere: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    """The simulated insurers, with credentials in the environment and no installation."""
    monkeypatch.setenv("ANZE_VAR", str(nowhere))
    with serve(Tiny(3), seed=7) as server:
        monkeypatch.setenv("ANZE_SANDBOX_URL", server.url)
        for insurer_id in ("mangzhong", "liqiu", "lichun"):
            monkeypatch.setenv(f"ANZE_CREDENTIALS_{insurer_id.upper()}", json.dumps(credentials(insurer_id, 7)))
        yield server


def test_a_probe_shows_fields_and_hides_persons_and_keeps_nothing(
    system: Serving, nowhere: pathlib.Path, anze: Anze
) -> None:
    for insurer_id in ("mangzhong", "liqiu"):
        answer = anze("insurer", "probe", insurer_id, "--days", "9999", "--json")
        assert answer.code == 0, answer.out
        looks = {each["record_type"]: each["look"] for each in json.loads(answer.out)}
        assert looks.keys() == set(definition.load_definition(insurer_id, environ={}).records)
        columns = {column["field"]: column for column in looks["policy"]["columns"]}
        assert (columns["policy_no"]["example"], columns["policy_no"]["filled"]) == ("policy_no-0", 3)
        assert columns["contact_phone"]["example"] == "文文9"
        assert looks["endorsement"]["rows"] == 3
        assert looks["endorsement"]["missing"] == []
        own = credentials(insurer_id, 7)
        assert all(secret not in answer.out + answer.err for secret in (own["secret"], *own["extra"].values()))
    assert list(nowhere.iterdir()) == []


def test_a_column_that_is_called_otherwise_is_proposed(
    system: Serving, nowhere: pathlib.Path, own_province: pathlib.Path, anze: Anze
) -> None:
    vendor = own_province / "vendors" / "xinghe.yml"
    text = vendor.read_text(encoding="utf-8")
    wrong = text.replace(
        "policy: {path: /v1/policies}",
        "policy: {path: /v1/policies, columns: {policy_no: plyNr, insured_name: nameOfFirm}}",
    )
    vendor.write_text(wrong, encoding="utf-8")
    answer = anze("insurer", "probe", "lichun", "--type", "policy", "--days", "9999")
    assert answer.code == 0
    assert "policy_no: policyNo" in answer.out
    assert "insured_name: insuredName" in answer.out


def test_the_exit_code_tells_the_kind_of_fault(system: Serving, anze: Anze, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = credentials("lichun", 7) | {"secret": "wrong-secret-of-ours"}
    monkeypatch.setenv("ANZE_CREDENTIALS_LICHUN", json.dumps(wrong))
    refused = anze("insurer", "probe", "lichun", "--type", "policy")
    assert (refused.code, "AuthRefused" in refused.out, "wrong-secret" in refused.out) == (4, True, False)
    monkeypatch.delenv("ANZE_CREDENTIALS_LICHUN")
    missing = anze("insurer", "probe", "lichun")
    assert (missing.code, "ANZE_CREDENTIALS_LICHUN" in missing.err) == (4, True)
    system.stop()
    monkeypatch.setattr("connectors.fetch.waiting.Waiting.pause", lambda *_: False)
    assert anze("insurer", "probe", "liqiu", "--type", "policy").code == 3


def test_a_file_of_a_drop_is_probed_with_proposals(
    nowhere: pathlib.Path, anze: Anze, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANZE_VAR", str(nowhere))
    path = nowhere / "policy.csv"
    path.write_text(
        "policyNumber,被保险人名称,contact_phone,policy_status_code\nP1,张三,13800000000,20\n", encoding="utf-8"
    )
    answer = anze("insurer", "probe", "tianji", "--type", "policy", "--file", str(path))
    assert answer.code == 0
    assert "policy_no: policyNumber" in answer.out
    assert "insured_name: 被保险人名称" in answer.out
    assert "required fields without a column: insurer_code" in answer.out
    assert not any(hidden in answer.out for hidden in ("张三", "13800000000"))
    path.write_bytes(b"\xff\xfe\x00")
    assert anze("insurer", "probe", "tianji", "--type", "policy", "--file", str(path)).code == 1
    assert anze("insurer", "probe", "tianji", "--type", "policy").code == 4
    assert anze("insurer", "probe", "tianji", "--file", str(path)).code == 2


def test_check_tells_what_a_profile_covers_and_what_it_leaves_out(
    nowhere: pathlib.Path, own_province: pathlib.Path, anze: Anze
) -> None:
    told = anze("insurer", "check", "chushu")
    assert told.code == 0
    assert "policy_no <- policyNo" in told.out
    vendor = own_province / "vendors" / "xinghe.yml"
    vendor.write_text(vendor.read_text(encoding="utf-8").replace("naming: camel", "naming: none"), encoding="utf-8")
    bare = anze("insurer", "check", "lichun")
    assert bare.code == 4
    assert "required fields have no column: insurer_code (" in bare.out
    assert "policy_no (" in bare.out


def test_every_key_of_a_definition_says_what_it_means() -> None:
    page = definitions_page()
    for name, kind in SECTIONS:
        told = meanings(kind)
        unread = {"items_path", "nesting"} if name == "file" else set()
        assert set(kind.__dataclass_fields__) - unread <= set(told), name  # type: ignore[attr-defined]
        assert all(f"`{key}`" in page for key in set(kind.__dataclass_fields__) - unread)  # type: ignore[attr-defined]
    assert "| `sign_in` | `login`, `secret` |" in credentials_page()
    assert "extra.envelope_key" in credentials_page()

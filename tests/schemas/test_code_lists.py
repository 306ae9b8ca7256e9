"""Code lists: what the domain reference lists is there, and text resolves to one code or to none."""

import datetime as dt
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.code_lists import CodeList, fold, load_code_list, load_code_lists, read_code_lists
from schemas.contract import load_contracts
from schemas.errors import DefinitionError

LISTS = load_code_lists()

#: list code: its codes in the order of the domain reference.
CODES = {
    "CL-OPERATION": "I U D",
    "CL-POLICY-STATUS": "10 20 30 40 50 60",
    "CL-TERMINATION": "10 20 30 40 50 90",
    "CL-INSURED-OBJECT": "10 20 30 90",
    "CL-PREMIUM-TAX": "10 20",
    "CL-ENDORSEMENT": "10 20 30 40 50 60 70 90",
    "CL-RECEIPT": "10 20 30",
    "CL-CLAIM-STATUS": "10 20 30 40 50 60 70",
    "CL-CLAIM-ITEM": "10 20 30 40 50 60 70 90",
    "CL-PAYMENT-KIND": "10 20 30 40 50",
    "CL-EXPENSE-TYPE": "10 20 30 40 50 60 90",
    "CL-PAYEE": "10 20 30 40 50",
    "CL-PLAN-STATUS": "10 20 30 40",
    "CL-SERVICE-FORM": "10 20 30",
    "CL-SERVICE-STATUS": "10 20 30 40 50 60",
    "CL-REVISIT": "10 20 30 40",
    "CL-SATISFACTION": "5 4 3 2 1",
    "CL-HAZARD-LEVEL": "10 20",
    "CL-HAZARD-STATUS": "10 20 30 40",
    "CL-NOTIFIED-ROLE": "10 20 30 90",
    "CL-FEE": "10 20 30 40 50 60 90",
    "CL-EXPENSE-STATUS": "10 20 30",
    "CL-RISK-LEVEL": "10 20 30",
    "CL-EMPLOYMENT": "10 20 30",
    "CL-OPERATION-STATUS": "10 20 30 40 50",
    "CL-SIZE": "10 20 30 40",
    "CL-DEPT": "10 20 30 40 50 60 70 80 90",
    "CL-DOMAIN": "10 11 12 20 30 40 50 60 70 80 85 90",
    "CL-DOMAIN-OR-ALL": "* 10 11 12 20 30 40 50 60 70 80 85 90",
    "CL-ACCIDENT-GRADE": "10 20 30 40",
    "CL-ACCIDENT-EDITION": "1986 2025",
    "CL-ITEM-EDITION": "LAW7 STD9 AQ9010.x-2026",
    "CL-FEED-MODE": "10 20 30",
    "CL-SAFETY-LEVEL": "1 2 3 none",
    "CL-OPERATOR": "<= >= = between",
    "CL-SEVERITY": "error warning",
    "CL-CONFIDENCE": "confirmed secondary assumption",
}


@pytest.mark.parametrize("list_code", CODES)
def test_a_list_holds_the_codes_of_the_domain_reference(list_code: str) -> None:
    assert " ".join(entry.code for entry in LISTS[list_code].entries) == CODES[list_code]


def test_two_editions_of_accident_types_and_of_service_items() -> None:
    accident, item = LISTS["CL-ACCIDENT"], LISTS["CL-SERVICE-ITEM"]
    assert [len(accident.valid_entries(None, edition)) for edition in ("1986", "2025")] == [20, 27]
    assert [len(item.valid_entries(None, edition)) for edition in ("LAW7", "STD9")] == [7, 9]
    assert len(LISTS["CL-INSURER"].entries) == 39


def test_every_list_named_in_a_contract_exists() -> None:
    named = {field.code_list for contract in load_contracts().values() for field in contract.fields} - {None}
    assert named <= set(LISTS)


@pytest.mark.parametrize("code_list", LISTS.values(), ids=lambda c: c.list_code)
def test_code_and_label_mean_the_same_within_an_edition(code_list: CodeList) -> None:
    for entry in code_list.entries:
        on = entry.valid_from or entry.valid_to
        assert code_list.resolve(entry.code, on, entry.edition) == entry
        assert code_list.resolve(f"  {entry.zh}\u3000", on, entry.edition) == entry


@pytest.mark.parametrize(
    ("list_code", "text", "on", "edition", "code"),
    [
        ("CL-DOMAIN", "其他（自愿投保）", None, None, "90"),  # full-width brackets
        ("CL-POLICY-STATUS", "２０", None, None, "20"),  # full-width digits
        ("CL-POLICY-STATUS", "即将到期", None, None, None),  # derived, no status
        ("CL-POLICY-STATUS", "有效 ", None, None, "20"),
        ("CL-ACCIDENT", "010", None, "1986", "10"),  # as GB/T 6441-1986 prints it
        ("CL-ACCIDENT", "3", "2026-06-30", None, "03"),
        ("CL-ACCIDENT", "火灾", "2026-06-30", None, "08"),
        ("CL-ACCIDENT", "火灾", "2026-07-01", None, "09"),
        ("CL-ACCIDENT", "火灾", None, None, None),  # 08 or 09: not ours to choose
        ("CL-ACCIDENT", "27", "2026-06-30", None, "27"),  # wrong edition: a warning, no refusal
        ("CL-ACCIDENT", "冒顶片帮", "2026-07-01", "1986", "11"),
        ("CL-ACCIDENT", "28", "2026-07-01", None, None),
        ("CL-SERVICE-ITEM", "安全风险辨识评估", "2026-01-01", None, None),
        ("CL-SERVICE-ITEM", "安全风险辨识评估", "2026-01-01", "STD9", "903"),
        ("CL-SERVICE-ITEM", "701", "2025-03-28", "LAW7", None),  # not in force yet
        ("CL-SERVICE-ITEM", "701", "2025-03-29", "LAW7", "701"),
        ("CL-ITEM-EDITION", "AQ9010.x-2026", "2026-11-20", None, None),  # reserved
        ("CL-OPERATION", "", None, None, None),
    ],
)
def test_text_resolves_on_a_date(
    list_code: str, text: str, on: str | None, edition: str | None, code: str | None
) -> None:
    entry = LISTS[list_code].resolve(text, dt.date.fromisoformat(on) if on else None, edition)
    assert (entry.code if entry else None) == code


def test_old_editions_convert_only_where_one_code_can_be_meant() -> None:
    item = {e.code: e.becomes for e in LISTS["CL-SERVICE-ITEM"].valid_entries(None, "STD9")}
    assert item == {**{f"90{n}": (f"70{n}",) for n in range(1, 8)}, "908": ("707",), "909": ("707",)}
    accident = {e.code: e for e in LISTS["CL-ACCIDENT"].valid_entries(None, "1986")}
    assert {code for code, e in accident.items() if len(e.becomes) != 1} == {"02", "14", "18", "19", "20"}
    assert [accident[code].becomes for code in ("10", "11", "16")] == [("12",), ("12",), ("14",)]
    known = {e.code for e in LISTS["CL-ACCIDENT"].valid_entries(None, "2025")}
    assert {code for e in accident.values() for code in e.becomes} <= known


@given(st.text(max_size=8))
def test_a_text_that_is_no_written_form_never_resolves(text: str) -> None:
    written = LISTS["CL-DEPT"]._by_text
    assert (LISTS["CL-DEPT"].resolve(text, None) is None) == (fold(text) not in written)


def test_an_unknown_code_is_answered_with_the_valid_ones() -> None:
    assert LISTS["CL-INSURED-OBJECT"].offer() == "10 企业、20 工程项目、30 车辆/船舶、90 其他"
    with pytest.raises(DefinitionError, match="CL-NONE: no such code list"):
        load_code_list("CL-NONE")


HEAD = 'CL-X:\n  name: 名\n  source: "s"\n  confidence: assumption\n  entries:\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            HEAD + "    - {code: 10, zh: 甲, en: a}\n",
            r"x.yml:6: CL-X.entries.10.code: 10 is no text; fix: write it in quotes",
        ),
        (HEAD + '    - {code: "10", zh: 甲}\n', r"x.yml:6: CL-X.entries.10.en: is missing; fix: add en"),
        (
            HEAD + '    - {code: "10", zh: 甲, en: a, valid_form: 2025-01-01}\n',
            r"x.yml:6: CL-X.entries.10.valid_form: unknown key; fix: did you mean 'valid_from'",
        ),
        (
            HEAD + '    - {code: "10", zh: 甲, en: a, valid_from: soon}\n',
            r"x.yml:6: CL-X.entries.10.valid_from: 'soon' is no date",
        ),
        (
            HEAD + '    - {code: "1", zh: 甲, en: a}\n    - {code: "1", zh: 乙, en: b}\n',
            r"x.yml:7: CL-X.entries.1: '1' means two",
        ),
        (HEAD + '    - {code: "1", code: "2", zh: 甲, en: a}\n', r"x.yml:6: CL-X.entries.\d.code: is given twice"),
        (HEAD.replace("assumption", "sure"), r"x.yml:4: CL-X.confidence: 'sure' is not known; fix: one of assumption"),
        ("CL-X: [\n", r"x.yml:2: document"),
        ("- 1\n", r"x.yml:1: document: is no mapping"),
    ],
)
def test_a_mistake_is_named_with_file_line_key_and_fix(tmp_path: pathlib.Path, text: str, message: str) -> None:
    if text.endswith("entries:\n"):
        text += '    - {code: "1", zh: 甲, en: a}\n'
    (tmp_path / "x.yml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=message):
        read_code_lists(tmp_path)


def test_a_list_stands_in_one_file(tmp_path: pathlib.Path) -> None:
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text(HEAD + '    - {code: "1", zh: 甲, en: a}\n', encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"b.yml:1: CL-X: stands in two files"):
        read_code_lists(tmp_path)

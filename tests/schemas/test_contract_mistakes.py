"""Mistakes in a contract: file, line, key and fix, all in one go."""

import pathlib

import pytest

from schemas.contract import FOLDER, read_contract
from schemas.errors import DefinitionError


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "value: CL-RECEIPT",
            "value: CL-RECIEPT",
            r":\d+: .*receipt_type_code.customProperties.codeList: 'CL-RECIEPT' is not known; fix: did you mean 'CL-RECEIPT'",
        ),
        (
            "value: date}",
            "value: day}",
            r"premium_receipt.odcs.yaml:\d+: .*receipt_date.customProperties.kind: 'day' is not known; fix: one of amount",
        ),
        ("physicalType: date", "physicalType: text", r"receipt_date.physicalType: text does not follow .*; fix: date"),
        (
            "in: [U, D]",
            "in: [U, X]",
            r":86: .*correction_reason_text.customProperties.requiredWhen: 'X' is no value of operation_code; fix: one of",
        ),
        (
            "field: operation_code",
            "field: op_code",
            r"correction_reason_text.*: premium_receipt has no field op_code; fix: did you mean 'operation_code'",
        ),
        ("businessName: 期次", "businessName: 保单号", r"instalment_no.businessName: '保单号' stands twice"),
        (
            "classification: public",
            "classification: open",
            r"yaml:\d+: .*insurer_code.classification: 'open' is not known; fix: one of business",
        ),
        ("family, value: policy", "family, value: cash", r"yaml:\d+: .*family: 'cash' is not known; fix: one of claim"),
        (
            "element: premium_receipt.receipt_date",
            "element: premium_receipt.day",
            r"yaml:\d+: slaProperties.premium_receipt_receipt_date.element: 'day' is no field",
        ),
        (
            "{property: fedBy, value: insurer}\n",
            "{property: fedBy, value: insurer}\n  - {property: validTime, value: {from: [receipt_day]}}\n",
            r"validTime: 'receipt_day' is no date or timestamp field; fix: from: \[fields\], through: field",
        ),
        (
            "- name: premium_receipt",
            "- name: receipt",
            r"yaml:\d+: schema.receipt.name: names receipt; fix: file and table",
        ),
        (
            "- name: instalment_no",
            "- name: order",
            r"yaml:\d+: schema.premium_receipt.properties.order.name: order is a word of SQL; fix: choose another name",
        ),
        ("- name: instalment_no", "- name: row_no", r"row_no.name: row_no is a column that the hub adds; fix: choose"),
        ("- name: instalment_no", "- name: 期次", r"期次.name: '期次' is no name; fix: 2 to 41 lower-case letters"),
        ("    required: true\n", "    requird: true\n", r"yaml:\d+: .*insurer_code.requird: unknown key; .*'required'"),
        (
            "{property: kind, value: date}",
            "{property: kind, value: date}\n    - {property: codeList, value: CL-RECEIPT}",
            r"codeList: kind code and a code list go together",
        ),
        (
            "- {property: kind, value: date}",
            "- {property: kind}",
            r"receipt_date.customProperties: .* is no mapping of properties; fix: write each as `- {property: ",
        ),
        ("schema:\n", "schema: [\n", r"premium_receipt.odcs.yaml:\d+: document: .*; fix: mend that line"),
        ("version: 1.0.0", "version: {a: 1}", r"premium_receipt.odcs.yaml:5: version: {'a': 1} is no text"),
    ],
)
def test_a_mistake_in_a_contract_is_named_with_its_fix(
    tmp_path: pathlib.Path, old: str, new: str, message: str
) -> None:
    text = (FOLDER / "premium_receipt.odcs.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "premium_receipt.odcs.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DefinitionError, match=message):
        read_contract(path)


def test_every_mistake_of_a_contract_is_told_at_once(tmp_path: pathlib.Path) -> None:
    text = (FOLDER / "premium_receipt.odcs.yaml").read_text(encoding="utf-8")
    path = tmp_path / "premium_receipt.odcs.yaml"
    path.write_text(
        text.replace("value: date}", "value: day}").replace("    businessName: 期次\n", "", 1), encoding="utf-8"
    )
    with pytest.raises(DefinitionError) as raised:
        read_contract(path)
    assert [(each.line, each.key.rpartition(".")[2], bool(each.fix)) for each in raised.value.all] == [
        (141, "kind", True),
        (152, "businessName", True),
    ]

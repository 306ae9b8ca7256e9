"""The Excel template: a clerk finds every column in Chinese and picks codes from lists."""

import pathlib
import re
import zipfile

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from schemas import credit_code
from schemas.code_lists import load_code_list
from schemas.contract import INSURER_RECORD_TYPES, RECORD_TYPES, SENDABLE_RECORD_TYPES, load_contract
from schemas.province import VARIABLE
from schemas.template import CODES_SHEET, CONTROL_SHEET, NOTES_SHEET, NUMBER_FORMATS, drop_down_values, write_template
from schemas.template_words import example, meaning, note


@pytest.mark.parametrize("record_type", INSURER_RECORD_TYPES)
def test_a_template_names_every_field(record_type: str, tmp_path: pathlib.Path) -> None:
    contract = load_contract(record_type)
    write_template(contract, tmp_path / "t.xlsx")
    workbook = CalamineWorkbook.from_path(tmp_path / "t.xlsx")
    assert workbook.sheet_names == [contract.business_name, NOTES_SHEET, CODES_SHEET, CONTROL_SHEET]
    names = [field.business_name for field in contract.fields]
    assert workbook.get_sheet_by_index(0).to_python() == [names]
    assert [row[1] for row in workbook.get_sheet_by_index(1).to_python()[1:]] == names


@pytest.mark.parametrize("record_type", RECORD_TYPES)
def test_every_cell_is_typed_and_every_head_has_its_note(record_type: str, tmp_path: pathlib.Path) -> None:
    contract = load_contract(record_type)
    write_template(contract, tmp_path / "t.xlsx")
    sheet = load_workbook(tmp_path / "t.xlsx").worksheets[0]
    assert sheet.freeze_panes == "A2"
    groups = [(group.min, group.max, group.number_format) for group in sheet.column_dimensions.values()]
    for field, cell in zip(contract.fields, sheet[1], strict=True):
        (form,) = [form for first, last, form in groups if first <= cell.column <= last]
        assert form == NUMBER_FORMATS.get(field.kind, "@")
        assert cell.comment.text == note(contract, field)
        assert f"例:{example(field)}" in cell.comment.text


@pytest.mark.parametrize("record_type", SENDABLE_RECORD_TYPES)
def test_every_field_is_explained_in_words(record_type: str) -> None:
    for field in load_contract(record_type).fields:
        assert meaning(field) != field.business_name, f"schemas/field_notes.yml lacks {field.name}"
        assert re.search("[\u4e00-\u9fff]{4}", meaning(field))
        assert example(field)


def test_a_template_offers_codes_and_booleans(tmp_path: pathlib.Path) -> None:
    contract = load_contract("policy")
    write_template(contract, tmp_path / "t.xlsx")
    with zipfile.ZipFile(tmp_path / "t.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    offered = len(re.findall(r'<dataValidation type="list"', sheet))
    assert offered == sum(f.code_list is not None or f.kind == "boolean" for f in contract.fields)
    assert "是,否" in sheet
    assert 'formatCode="@"' in styles  # text, so that a leading zero stays


def test_a_drop_down_offers_only_what_resolves_to_one_code() -> None:
    assert drop_down_values(load_code_list("CL-INSURED-OBJECT")) == ["企业", "工程项目", "车辆/船舶", "其他"]
    for record_type in INSURER_RECORD_TYPES:
        for field in load_contract(record_type).fields:
            code_list = load_code_list(field.code_list) if field.code_list else None
            if code_list is None or code_list.is_keyed_by_edition:
                continue
            assert all(code_list.resolve(value, None) for value in drop_down_values(code_list))


def test_the_same_contract_gives_the_same_bytes(tmp_path: pathlib.Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_template(load_contract("hazard"), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_examples_are_of_the_province_that_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(pathlib.Path(__file__).parents[1] / "provinces" / "henan"))
    fields = load_contract("policy").by_name
    assert example(fields["region_code"]).startswith("41")
    assert credit_code.check(example(fields["insured_credit_code"])).warnings == ()

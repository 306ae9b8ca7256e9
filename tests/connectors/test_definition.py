"""Definition files: what is shipped loads, and a mistake is told with file, line, key and the fix."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
from typing import get_args

import pytest

from connectors.definition import LINES_PER_FILE, find_definitions, load_definition, load_definitions
from connectors.files import Files
from connectors.model import AuthKind, ColumnSource, PagingKind
from sandbox.cast import cast
from schemas.contract import REGISTER_RECORD_TYPES, load_contract
from schemas.errors import DefinitionError
from schemas.province import DEFAULT

SHIPPED = load_definitions(environ={})
#: What insurers report of each policy's life, as the domain has it; a type more is not theirs until they map it.
NINE = {
    "policy", "endorsement", "premium_receipt", "claim", "claim_payment", "service_plan", "service_record", "hazard",
    "fee_expense",
}  # fmt: skip


def test_every_insurer_has_a_definition_and_no_python() -> None:
    for insurer in cast():
        definition = SHIPPED[insurer.insurer_id]
        assert (definition.insurer_code, definition.name) == (insurer.insurer_code, insurer.name_zh)
        assert (definition.vendor, definition.channel == "drop") == (insurer.dialect, insurer.is_drop)
    assert not list((DEFAULT / "insurers").glob("*.py"))


def test_the_shipped_dialects_speak_all_ways_of_auth_and_paging() -> None:
    api = [d for d in SHIPPED.values() if d.channel == "api"]
    assert {d.auth.kind for d in api} == set(get_args(AuthKind))
    assert {d.paging.kind for d in api} == set(get_args(PagingKind))


@pytest.mark.parametrize("path", list(map(Files().path, Files())), ids=lambda p: p.stem)
def test_every_file_is_short(path: pathlib.Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES_PER_FILE


def test_every_insurer_delivers_every_field_of_the_nine_types_and_drops_may_hold_the_tenth() -> None:
    for insurer in cast():
        definition = SHIPPED[insurer.insurer_id]
        assert set(definition.records) >= NINE | ({"renumbering"} if insurer.is_drop else set())
        for name, record in definition.records.items():
            assert set(record.columns) == set(load_contract(name).by_name)
            assert record.ignored
            assert all(len(reason) > 5 for reason in record.ignored.values())


def test_the_registers_have_a_definition_of_their_own() -> None:
    definition = load_definition("regulator")
    assert tuple(definition.records) == REGISTER_RECORD_TYPES
    assert definition.channel == "drop"
    assert "regulator" not in SHIPPED


def test_units_forms_and_lookups_reach_the_columns() -> None:
    guyan, yunfan, chengxin = SHIPPED["dahan"], SHIPPED["xiazhi"], SHIPPED["chushu"]
    assert guyan.records["policy"].columns["written_premium_amount"] == ColumnSource("signPremium", unit="万元")
    assert yunfan.records["policy"].columns["cover_start_date"] == ColumnSource("start_date", format="%Y%m%d")
    status = chengxin.records["policy"].columns["policy_status_code"]
    assert status.source == "status"
    assert status.lookup is not None
    assert status.lookup["A"] == "20"
    assert SHIPPED["lichun"].lookback == dt.timedelta(days=3)
    assert SHIPPED["cuizhu"].records["policy"].columns["policy_no"].source == "保单号"


def test_the_address_comes_from_the_environment_and_the_digest_does_not() -> None:
    here = load_definitions(environ={"ANZE_SANDBOX_URL": "http://127.0.0.1:8035"})["lichun"]
    assert here.base_url == "http://127.0.0.1:8035/lichun"
    assert SHIPPED["lichun"].base_url == "${ANZE_SANDBOX_URL}/lichun"
    assert here.digest == SHIPPED["lichun"].digest != SHIPPED["yushui"].digest


@pytest.fixture
def folder(own_province: pathlib.Path) -> pathlib.Path:
    """A copy of the shipped definitions, to spoil."""
    return own_province


@dataclasses.dataclass(frozen=True)
class Mistake:
    """One spoiled line and what must be said of it: file, line, key, and part of problem or fix."""

    file: str
    old: str
    new: str
    line: int
    key: str
    told: str


MISTAKES = [
    Mistake("insurers/lichun.yml", "contact:", "contakt:", 8, "contakt", "did you mean 'contact'?"),
    Mistake("insurers/lichun.yml", 'feed_mode: "10"', "feed_mode: 10", 5, "feed_mode", 'write it in quotes: "10"'),
    Mistake("insurers/lichun.yml", 'feed_mode: "10"', 'feed_mode: "11"', 5, "feed_mode", "10 接口"),
    Mistake("insurers/lichun.yml", "extends: xinghe", "extends: xinge", 2, "extends", "did you mean 'xinghe'?"),
    Mistake("insurers/lichun.yml", "insurer: lichun", "insurer: lichen", 1, "insurer", "write insurer: lichun"),
    Mistake("insurers/lichun.yml", "30 1 * * *", "every night", 7, "schedule", "five fields"),
    Mistake("insurers/lichun.yml", "contact:", "name: 又一个\ncontact:", 8, "name", "given twice, first on line 3"),
    Mistake("insurers/lichun.yml", "contact:", "password: abc\ncontact:", 8, "password", "Airflow connection"),
    Mistake("insurers/lichun.yml", "contact: data", "contact: ${USER}", 8, "contact", "only base_url"),
    Mistake("insurers/lichun.yml", "contact:", "file: {kind: csv}\ncontact:", 8, "file", "belongs to channel: drop"),
    Mistake(
        "insurers/tianji.yml", "contact:", "base_url: http://x\ncontact:", 7, "base_url", "belongs to channel: api"
    ),
    Mistake("insurers/lichun.yml", "${ANZE_SANDBOX_URL}", "http://api.example", 6, "base_url", "not encrypted"),
    Mistake("insurers/lichun.yml", "${ANZE_SANDBOX_URL}", "https://u:p@api.example", 6, "base_url", "more than host"),
    Mistake("insurers/lichun.yml", "contact: ", 'contact: "', 8, "document", "is no YAML"),
    Mistake("vendors/xinghe.yml", "naming: camel", "naming: kamel", 4, "naming", "did you mean 'camel'?"),
    Mistake("vendors/xinghe.yml", "channel: api", "channel: ftp", 3, "channel", "'ftp' is no channel"),
    Mistake("vendors/xinghe.yml", "kind: api_key", "kind: apikey", 5, "auth.kind", "did you mean 'api_key'?"),
    Mistake("vendors/xinghe.yml", ", header: X-Api-Key", "", 5, "auth.header", "is missing"),
    Mistake("vendors/xinghe.yml", "page_param: pageNo, ", "", 6, "paging.page_param", "is missing"),
    Mistake("vendors/xinghe.yml", "size: 200", 'size: "200"', 6, "paging.size", "a whole number is wanted"),
    Mistake("vendors/xinghe.yml", "lookback: 3d", "lookback: 3 days", 7, "window.lookback", "write 3d, 12h or 30m"),
    Mistake(
        "vendors/xinghe.yml", "requests_per_second: 40", "requests_per_second: 0", 8, "limits.requests_per_second", ">0"
    ),
    Mistake(
        "vendors/xinghe.yml", "  total: data.total\n", "", 9, "response", "nothing proves that a fetch is complete"
    ),
    Mistake("vendors/xinghe.yml", 'ok: ["0"]', "ok: [0]", 12, "response.error.ok", "a list of texts"),
    Mistake("vendors/xinghe.yml", "  claim: {", "  klaim: {", 20, "records.klaim", "did you mean 'claim'?"),
    Mistake("vendors/xinghe.yml", "path: /v1/claims", "path: v1/claims", 20, "records.claim.path", "starts with no /"),
    Mistake(
        "vendors/xinghe.yml",
        "{path: /v1/claims}",
        "{path: /v1/claims, columns: {claim_numer: no}}",
        20,
        "records.claim.columns.claim_numer",
        "did you mean 'claim_no'?",
    ),
    Mistake("vendors/xinghe.yml", "vendor: xinghe", "vendor: xinghe\nextends: haiyue", 3, "extends", "one level only"),
    Mistake(
        "vendors/yunfan.yml", "start_date,", "end_date,", 19, "columns.cover_end_date", "would fill cover_start_date"
    ),
    Mistake("vendors/yunfan.yml", "etag:", "policy_no:", 17, "records.policy", "is mapped to policy_no and ignored"),
    Mistake("vendors/yunfan.yml", '"%Y%m%d"', '"%Y%j"', 11, "kinds.date", "is no form of a date"),
    Mistake("vendors/yunfan.yml", "  date:", "  dates:", 11, "kinds.dates", "unknown field kind"),
    Mistake("vendors/chengxin.yml", "lookup: policy_status}", "lookup: policy_stat}", 26, "lookup", "'policy_status'?"),
    Mistake("vendors/chengxin.yml", 'A: "20"', 'A: "25"', 26, "policy_status_code", "lookup leads to '25'"),
    Mistake(
        "vendors/chengxin.yml",
        "{source: status, lookup: policy_status}",
        '{constant: "25"}',
        26,
        "policy_status_code",
        "is no code of",
    ),
    Mistake(
        "vendors/chengxin.yml",
        "lookup: policy_status}",
        'constant: "20"}',
        26,
        "policy_status_code",
        "nothing beside it",
    ),
    Mistake("vendors/guyan.yml", "policy_no: plyNo", "policy_no: {unit: 万元}", 21, "columns.policy_no", "has no unit"),
    Mistake("vendors/guyan.yml", "unit: 万元", "unit: 千元", 24, "written_premium_amount.unit", "is not allowed"),
    Mistake("insurers/lichun.yml", '"30 1 * * *"', '"99 1 * * *"', 7, "schedule", "five fields"),
    Mistake("insurers/lichun.yml", '"30 1 * * *"', '"*/0 1,, * * *"', 7, "schedule", "five fields"),
    Mistake(
        "insurers/lichun.yml", "insurer_code: LICHUN", "insurer_code: li chun", 4, "insurer_code", "2 to 12 of A-Z"
    ),
    Mistake("insurers/lichun.yml", "${ANZE_SANDBOX_URL}", "https://[::1", 6, "base_url", "is no http(s) address"),
    Mistake(
        "insurers/lichun.yml", "${ANZE_SANDBOX_URL}", "https://a b.example", 6, "base_url", "is no http(s) address"
    ),
    Mistake(
        "insurers/lichun.yml", "${ANZE_SANDBOX_URL}", "https://a.example:99999", 6, "base_url", "is no http(s) address"
    ),
    Mistake("insurers/lichun.yml", "contact: ", "contact: \0", 8, "document", "U+0000"),
    Mistake("vendors/xinghe.yml", "  items:", "\titems:", 10, "document", "is no YAML"),
    Mistake("vendors/xinghe.yml", "ignored:", "ignored: &all\n  x: *all", 14, "document", "write the values out"),
    Mistake("vendors/xinghe.yml", "total: data.total", "total: data..total", 11, "response.total", "data.rows"),
    Mistake("vendors/xinghe.yml", "items: data.rows", "encoding: gbk", 10, "response.encoding", "one of gb18030"),
    Mistake("vendors/xinghe.yml", "format: iso", "format: isoo", 7, "window.format", "epoch_seconds"),
    Mistake(
        "vendors/xinghe.yml", "iso, lookback: 3d", '"%Y%m%d", lookback: 1h', 7, "window.format", "add lookback: 1d"
    ),
    Mistake("vendors/xinghe.yml", "size: 200", "size: 0", 6, "paging.size", "1 or more"),
    Mistake("vendors/chengxin.yml", "attempts: 4", "attempts: 0", 8, "limits.attempts", "1 or more"),
    Mistake(
        "vendors/xinghe.yml",
        "page_param: pageNo",
        "page_param: pageNo, cursor_path: a",
        6,
        "paging.cursor_path",
        "remove it",
    ),
    Mistake(
        "vendors/xinghe.yml", "header: X-Api-Key", 'header: "X-Api-Key: abc"', 5, "auth.header", "such as X-Api-Key"
    ),
    Mistake(
        "vendors/xinghe.yml", "path: /v1/claims", "path: /v1/policies", 20, "records.claim.path", "each its own path"
    ),
    Mistake(
        "vendors/xinghe.yml",
        "path: /v1/claims",
        "path: /v1/claims?token=abc",
        20,
        "records.claim.path",
        "the path alone",
    ),
    Mistake(
        "vendors/xinghe.yml",
        "{path: /v1/claims}",
        "{path: /v1/claims, columns: {accident_at: {constant: yesterday}}}",
        20,
        "columns.accident_at",
        "is no timestamp",
    ),
    Mistake("vendors/chengxin.yml", "{total_header: X-Total-Count}", "{}", 9, "response", "nothing proves"),
    Mistake("vendors/csv_utf8.yml", "encoding: utf-8", "encoding: latin-1", 5, "file.encoding", "one of gb18030"),
    Mistake("vendors/csv_utf8.yml", 'delimiter: ","', 'delimiter: ",,"', 5, "file.delimiter", "did you mean ','?"),
    Mistake("vendors/csv_utf8.yml", "kind: csv", "kind: json", 5, "file.kind", "write csv or xlsx"),
    Mistake("vendors/csv_utf8.yml", "kind: csv", "kind: csv, sheet: 台账", 5, "file.sheet", "remove it"),
    Mistake("vendors/xlsx_ledger.yml", "header_row: 3", "header_row: 0", 5, "file.header_row", "1 or more"),
    Mistake(
        "vendors/xlsx_plain.yml", "ignored:", "kinds: {ratio: {unit: 百分比}}\nignored:", 6, "kinds.ratio", "agree on"
    ),
]


#: One word that is wrong in two ways, or for several record types.
SEVERAL = ("contakt:", "policy_no:")


def ids(mistake: Mistake) -> str:
    return f"{mistake.key}-{mistake.told}"


@pytest.mark.parametrize("mistake", MISTAKES, ids=ids)
def test_a_mistake_names_file_line_key_and_fix(folder: pathlib.Path, mistake: Mistake) -> None:
    path = folder / mistake.file
    text = path.read_text(encoding="utf-8")
    assert mistake.old in text
    path.write_text(text.replace(mistake.old, mistake.new, 1), encoding="utf-8")
    vendor = path.stem
    user = vendor if "insurers" in mistake.file else next(i for i, d in SHIPPED.items() if d.vendor == vendor)
    with pytest.raises(DefinitionError) as caught:
        load_definition(user, folder, {})
    error = caught.value
    told = str(error).replace("a number above 0 is wanted", ">0")
    assert mistake.told in told
    assert error.key.endswith(mistake.key), error.key
    assert error.fix
    assert error.all == (error,) or mistake.new in SEVERAL, "one mistake is told once"
    assert (error.file, error.line) == (mistake.file, mistake.line) or mistake.told == "is missing"


def test_a_missing_key_names_the_insurer_s_file(folder: pathlib.Path) -> None:
    path = folder / "insurers/lichun.yml"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("name:")]
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"insurers/lichun.yml:1: name: is missing; fix: add name"):
        load_definitions(folder, {})


def test_a_long_file_is_refused(folder: pathlib.Path) -> None:
    path = folder / "insurers/lichun.yml"
    path.write_text(path.read_text(encoding="utf-8") + "#\n" * LINES_PER_FILE, encoding="utf-8")
    with pytest.raises(DefinitionError, match="70 at most"):
        load_definitions(folder, {})


def test_two_insurers_cannot_share_a_code(folder: pathlib.Path) -> None:
    path = folder / "insurers/yushui.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("YUSHUI", "LICHUN"), encoding="utf-8")
    with pytest.raises(DefinitionError, match="is the code of lichun already"):
        load_definitions(folder, {})


def test_an_unknown_insurer_is_told_the_nearest_one() -> None:
    with pytest.raises(DefinitionError, match="did you mean 'lichun'"):
        load_definition("lichum")


def test_an_insurer_s_own_entry_wins_over_its_vendor(folder: pathlib.Path) -> None:
    path = folder / "insurers/lichun.yml"
    own = "records:\n  policy:\n    columns: {policy_no: contractNo}\n    ignored: {extra: 立春自用列}\n"
    path.write_text(path.read_text(encoding="utf-8") + own, encoding="utf-8")
    record = load_definition("lichun", folder, {}).records["policy"]
    assert record.path == "/v1/policies"
    assert record.columns["policy_no"] == ColumnSource("contractNo")
    assert set(record.ignored) == {"syncFlag", "dataSource", "extra"}


def test_a_constant_needs_no_source_column(folder: pathlib.Path) -> None:
    path = folder / "insurers/lichun.yml"
    own = "records:\n  claim:\n    columns: {operation_code: {constant: U}}\n"
    path.write_text(path.read_text(encoding="utf-8") + own, encoding="utf-8")
    column = load_definition("lichun", folder, {}).records["claim"].columns["operation_code"]
    assert column == ColumnSource(None, constant="U")


def test_all_mistakes_of_an_insurer_are_told_in_one_go_each_with_its_line(folder: pathlib.Path) -> None:
    own, vendor = folder / "insurers/lichun.yml", folder / "vendors/xinghe.yml"
    spoil(own, ('"30 1 * * *"', '"99 1 * * *"'), ('feed_mode: "10"', "feed_mode: 10"), ("contact:", "contakt:"))
    spoil(
        vendor,
        ("size: 200", 'size: "200"'),
        ("requests_per_second: 40", "requests_per_second: 0"),
        ("  claim: {path: /v1/claims}", "  claim: {path: /v1/claims, columns: {claim_numer: no, report_nr: x}}"),
        ("format: iso", "format: isoo"),
    )
    with pytest.raises(DefinitionError) as caught:
        load_definition("lichun", folder, {})
    told = {(pathlib.PurePath(each.file).stem, each.line, each.key) for each in caught.value.all}
    assert told == {
        ("lichun", 1, "contact"),
        ("lichun", 5, "feed_mode"),
        ("lichun", 7, "schedule"),
        ("lichun", 8, "contakt"),
        ("xinghe", 6, "paging.size"),
        ("xinghe", 7, "window.format"),
        ("xinghe", 8, "limits.requests_per_second"),
        ("xinghe", 20, "records.claim.columns.claim_numer"),
        ("xinghe", 20, "records.claim.columns.report_nr"),
    }
    assert len(str(caught.value).splitlines()) == len(told)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"30 1 * * *"', '"99 1 * * *"'),
        ("extends: xinghe", "extends: nobody"),
        ("contact: ", 'contact: "'),
        ("insurer_code: LICHUN", "insurer_code: YUSHUI"),
        ("contact:", "kontakt:"),
    ],
    ids=["cron", "vendor", "yaml", "twin", "key"],
)
def test_a_broken_definition_is_its_own_insurer_s_only(folder: pathlib.Path, old: str, new: str) -> None:
    spoil(folder / "insurers/lichun.yml", (old, new))
    found = find_definitions(folder, {})
    broken = "yushui" if "YUSHUI" in new else "lichun"
    assert set(found.broken) == {broken}
    assert set(found.usable) == set(SHIPPED) - {broken}
    assert found.broken[broken].file.endswith((f"{broken}.yml", "lichun.yml"))


def test_a_broken_vendor_stops_those_who_extend_it(folder: pathlib.Path) -> None:
    spoil(folder / "vendors/xinghe.yml", ("naming: camel", "naming: kamel"))
    assert set(find_definitions(folder, {}).broken) == {i for i, d in SHIPPED.items() if d.vendor == "xinghe"}


def spoil(path: pathlib.Path, *changes: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")

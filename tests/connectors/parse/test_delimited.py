"""CSV is read exactly as RFC 4180 writes it, or refused with a code and a place: never silently otherwise."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.model import SourceFormat
from connectors.parse import Limits, read_batch
from connectors.parse.batch import UNENDED
from connectors.parse.delimited import read_delimited
from connectors.parse.reasons import REASONS
from quality.catalogue import load_rules
from schemas.errors import TellInsurer
from tests.connectors.parse.writing import csv_bytes, parsed
from tests.words import words

POLICIES = [
    ["保单号", "企业名称", "签单日期", "签单保费", "备注"],
    ["P2026000001", "济南安信机械有限公司", "2026-11-20", "12000.50", "正常"],
    ["P2026000002", "青岛,海工(集团)有限公司", "2026-11-19", "800.00", '他说"好"'],
    ["0003", "烟台化工有限公司", "2026-11-18", "15.10", "第一行\r\n第二行"],
    ["P2026000004", "NA", "", "0", "=1+1"],
]
WANTED = [[cell or None for cell in row] for row in POLICIES[1:]]
GOOD = csv_bytes(POLICIES)

_texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn"), exclude_characters="\ufeff\ufffd")
    | st.sampled_from('",;\t\n '),
    max_size=8,
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 5))
    rows = draw(st.lists(st.lists(_texts, min_size=width, max_size=width), max_size=12))
    return [[f"列{i}" for i in range(width)], *rows]


@settings(deadline=None)
@given(
    tables(),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    st.sampled_from(",;\t"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_every_dialect_comes_back_as_written(
    rows: list[list[str]], encoding: str, delimiter: str, end: str, quoting: int
) -> None:
    content = csv_bytes(rows, encoding=encoding, delimiter=delimiter, end=end, quoting=quoting)
    wanted = [[cell or None for cell in row] for row in rows[1:] if any(row)]
    assert parsed(content, SourceFormat("csv", encoding=encoding, delimiter=delimiter)) == wanted


def reference(text: str, delimiter: str) -> list[list[str]] | None:
    """RFC 4180 one character at a time, sharing nothing with the reader; None where the grammar is broken."""
    rows: list[list[str]] = []
    row: list[str] = []
    at = 0
    while at < len(text):
        field = ""
        if text[at] == '"':
            at += 1
            while True:
                end = text.find('"', at)
                if end < 0:
                    return None
                field += text[at:end]
                at = end + 1
                if text[at : at + 1] != '"':
                    break
                field += '"'
                at += 1
        else:
            while at < len(text) and text[at] not in delimiter + '"\r\n':
                field += text[at]
                at += 1
        row.append(field)
        if text[at : at + 1] == delimiter:
            at += 1
        elif text[at : at + 1] == "\n" or text[at : at + 2] == "\r\n":
            at += 1 if text[at] == "\n" else 2
            rows.append(row)
            row = []
        else:
            return None
    return None if row else rows


@settings(max_examples=400, deadline=None)
@given(
    tables(),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 2), st.sampled_from('",\r\n;\t"ab ')), max_size=3),
    st.integers(1, 60),
)
def test_broken_text_is_refused_or_read_as_the_grammar_reads_it(
    rows: list[list[str]], quoting: int, edits: list[tuple[int, int, str]], chunk_rows: int
) -> None:
    text = csv_bytes(rows, end="\n", quoting=quoting).decode()
    for at, kind, character in edits:
        place = at % (len(text) + 1)
        text = text[:place] + (character if kind else "") + text[place + (kind != 1) :]
    grammar = reference(text if text.endswith("\n") else text + "\n", ",")
    try:
        found = parsed(text.encode(), limits=Limits(chunk_rows=chunk_rows))
    except TellInsurer as refusal:
        assert refusal.code in REASONS  # noqa: PT017 - either outcome is right
        return
    assert grammar is not None, text
    width = len(grammar[0])
    assert all(len(row) == width or row == [""] for row in grammar)
    assert found == [[cell or None for cell in row] for row in grammar[1:] if any(row)]


def _line(number: int, change: bytes) -> bytes:
    lines = GOOD.split(b"\r\n")
    lines[number - 1] = change
    return b"\r\n".join(lines)


def test_a_last_line_without_an_end_is_read_and_marked(tmp_path: Path) -> None:
    for name, content, marked in (("whole.csv", GOOD, False), ("unended.csv", GOOD[:-2], True)):
        (tmp_path / name).write_bytes(content)
        [table] = read_batch([tmp_path / name], SourceFormat("csv"))
        assert table.num_rows == len(WANTED)
        assert (UNENDED in table.schema.metadata) == marked


SECOND = GOOD.split(b"\r\n")[1]
POLLUTED = {
    "cut in the middle of a record": (GOOD[: GOOD.index(b"800.00")], "FILE-010"),
    "cut inside a quoted field": (GOOD[: GOOD.index("第二行".encode())], "FILE-012"),
    "cut inside a character": (GOOD[: GOOD.index("安信".encode()) + 1], "FILE-002"),
    "a field lost": (_line(2, SECOND.replace(b",12000.50", b"")), "FILE-010"),
    "a delimiter too many": (_line(2, SECOND + b","), "FILE-010"),
    "line end inside a record": (_line(2, SECOND.replace(b",12000.50", b"\r\n,12000.50")), "FILE-010"),
    "two records in one line": (GOOD.replace(SECOND + b"\r\n", SECOND), "FILE-010"),
    "stray quote": (_line(2, SECOND.replace(b"P20260", b'P"20260')), "FILE-011"),
    "quote not closed": (_line(2, b'"' + SECOND), "FILE-011"),
    "text after a closing quote": (_line(2, b'"P2026000001"x' + SECOND[11:]), "FILE-011"),
    "space before a quoted field": (_line(2, b' "P2026000001"' + SECOND[11:]), "FILE-011"),
    "NUL": (_line(2, SECOND.replace(b"2026-11", b"2026\x00-11")), "FILE-008"),
    "control character": (_line(2, SECOND.replace(b"2026-11", b"2026\x1a-11")), "FILE-008"),
    "lone carriage return": (_line(2, SECOND.replace(b"2026-11-20", b"2026-11-20\r")), "FILE-013"),
    "another encoding": (GOOD.decode().encode("gb18030"), "FILE-002"),
    "one line in another encoding": (_line(2, SECOND.decode().encode("gb18030")), "FILE-002"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "FILE-005"),
    "mark in the middle": (_line(2, b"\xef\xbb\xbf" + SECOND), "FILE-007"),
    "files glued together": (GOOD + GOOD, "FILE-016"),
    "damaged character": (_line(2, SECOND.replace("安信".encode(), "安�".encode())), "FILE-006"),
    "header twice": (_line(1, GOOD.split(b"\r\n")[0].replace("备注".encode(), "保单号".encode())), "FILE-014"),
    "column without a name": (_line(1, GOOD.split(b"\r\n")[0].replace("企业名称".encode(), b"")), "FILE-015"),
    "another delimiter": (GOOD.replace(b",", b";"), "FILE-016"),
    "empty": (b"", "FILE-003"),
    "a mark alone": (b"\xef\xbb\xbf", "FILE-003"),
    "a workbook": (b"PK\x03\x04rest", "FILE-018"),
    "an old workbook": (b"\xd0\xcf\x11\xe0rest", "FILE-018"),
}
HARMLESS = {
    "byte order mark": b"\xef\xbb\xbf" + GOOD,
    "unix line ends": GOOD.replace(b"\r\n", b"\n").replace("第一行\n".encode(), "第一行\r\n".encode()),
    "mixed line ends": GOOD.replace(b"\r\n", b"\n", 1),
    "everything quoted": csv_bytes(POLICIES, quoting=csv.QUOTE_ALL),
    "blank lines at the end": GOOD + b"\r\n\r\n",
    "rows of nothing": GOOD + b",,,,\r\n",
}


@pytest.mark.parametrize("name", POLLUTED)
def test_polluted_files_are_refused_with_their_code_and_a_remedy(name: str) -> None:
    content, code = POLLUTED[name]
    with pytest.raises(TellInsurer) as refusal:
        parsed(content)
    assert refusal.value.code == code, words(refusal.value)
    assert words(refusal.value).endswith(load_rules().by_id[code].remedy_zh)
    assert refusal.value.where or code in {"FILE-003", "FILE-018"}


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_variants_give_identical_rows(name: str) -> None:
    assert parsed(HARMLESS[name]) == WANTED


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("a field lost", "第2行"),
        ("stray quote", "第2行第1列"),
        ("files glued together", "第6行"),
        ("NUL", "第2行第3列"),
    ],
)
def test_a_refusal_names_the_place(name: str, where: str) -> None:
    with pytest.raises(TellInsurer) as refusal:
        parsed(POLLUTED[name][0])
    assert refusal.value.where == where
    assert where not in words(refusal.value), "who shows the message shows the place beside it"


def test_a_swapped_encoding_never_becomes_other_characters() -> None:
    declared = SourceFormat("csv", encoding="gb18030")
    assert parsed(GOOD.decode().encode("gb18030"), declared) == WANTED
    with pytest.raises(TellInsurer, match="UTF-8") as refusal:
        parsed(GOOD, declared)
    assert refusal.value.code == "FILE-002"
    mixed = b"\r\n".join([*GOOD.decode().encode("gb18030").split(b"\r\n")[:1], SECOND, b""])
    with pytest.raises(TellInsurer) as refusal:
        parsed(mixed, declared)
    assert (refusal.value.code, refusal.value.where) == ("FILE-002", "第2行第2列")


def test_gb18030_2022_characters_are_not_left_in_private_use() -> None:
    codes = "a6d9a6daa6dba6dca6dda6dea6dfa6eca6eda6f3fe59fe61fe66fe67fe6dfe7efe90fea0a8bcfe51fe52fe53fe6cfe76fe91"
    text = "︐︒︑︓︔︕︖︗︘︙龴龵龶龷龸龹龺龻ḿ𠂇𠂉𠃌𡗗𢦏𤇾"
    content = b"a,b\n1," + bytes.fromhex(codes) + b"\n"
    assert parsed(content, SourceFormat("csv", encoding="gb18030")) == [["1", text]]


def test_a_character_on_the_border_of_two_blocks_is_whole() -> None:
    rows = [["甲", "乙"], *([f"{i}", "汉" * 50] for i in range(20_000))]
    for encoding in ("utf-8", "gb18030"):
        found = parsed(csv_bytes(rows, encoding=encoding), SourceFormat("csv", encoding=encoding))
        assert found == [[cell or None for cell in row] for row in rows[1:]]


def test_rows_and_lines_are_numbered_as_a_person_sees_them() -> None:
    batches = [batch for _, batch in read_delimited(io.BytesIO(GOOD), SourceFormat("csv"), Limits())]
    rows = [row for batch in batches for row in batch.to_pylist()]
    assert [row["row_no"] for row in rows] == [2, 3, 4, 5]
    assert [row["line_no"] for row in rows] == [2, 3, 4, 6]


def test_titles_above_the_header_are_skipped_when_the_definition_says_so() -> None:
    content = "安责险台账\r\n,,\r\n".encode() + GOOD
    assert parsed(content, SourceFormat("csv", header_row=3)) == WANTED


def test_a_header_without_rows_is_a_nil_return() -> None:
    assert parsed(GOOD.split(b"\r\n")[0] + b"\r\n") == []


def test_one_very_long_line_and_very_many_columns_are_refused() -> None:
    for content in (b"a,b\n" + b"x" * 3_000_000 + b",1\n", b"a" * 3_000_000):
        with pytest.raises(TellInsurer) as refusal:
            parsed(content)
        assert refusal.value.code in {"FILE-001", "FILE-017"}
    with pytest.raises(TellInsurer) as refusal:
        parsed(csv_bytes([[f"c{i}" for i in range(20_000)]]))
    assert refusal.value.code == "FILE-017"


@pytest.mark.parametrize(
    ("encoding", "cell", "where"),
    [
        ("utf-8", "张三".encode("gb18030"), "第3行第2列"),
        ("gb18030", "历下化工".encode(), "第3行第2列"),
        ("utf-8", b"\xe5\xbc", "第3行第2列"),
    ],
)
def test_one_cell_of_another_encoding_is_refused_with_its_place(encoding: str, cell: bytes, where: str) -> None:
    content = b"\n".join(["保单号,名称".encode(encoding), '1,"甲,乙"'.encode(encoding), b"2," + cell, b"3,x", b""])
    with pytest.raises(TellInsurer) as refusal:
        parsed(content, SourceFormat("csv", encoding=encoding))  # type: ignore[arg-type]
    assert (refusal.value.code, refusal.value.where) == ("FILE-002", where)


def test_a_short_cell_that_is_valid_in_both_encodings_is_read_and_left_to_the_field_rules() -> None:
    content = "保单号,名称\n1,".encode("gb18030") + "张三".encode() + b"\n"
    assert parsed(content, SourceFormat("csv", encoding="gb18030")) == [["1", "寮犱笁"]]

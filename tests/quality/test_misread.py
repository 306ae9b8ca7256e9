"""Text that was decoded with the wrong encoding is told from text that was not."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quality.misread import misread
from sandbox import truth
from schemas.code_lists import load_code_lists
from schemas.regions import own_regions

#: The characters of level 1 of GB 2312, but its last five cells, which are empty.
LEVEL_1 = [
    bytes((row, cell)).decode("gb2312")
    for row in range(0xB0, 0xD8)
    for cell in range(0xA1, 0xFF)
    if row < 0xD7 or cell <= 0xF9
]
COMMON = st.text(st.sampled_from(LEVEL_1), min_size=2, max_size=12)


@example("丰份", ("gb2312", "latin-1"))
@example("挤贩", ("gb2312", "latin-1"))
@given(COMMON, st.sampled_from([("utf-8", "latin-1"), ("gb2312", "latin-1"), ("utf-8", "gb18030")]))
def test_common_chinese_is_recognised_in_other_letters(text: str, way: tuple[str, str]) -> None:
    right, wrong = way
    try:
        written = text.encode(right).decode(wrong)
    except UnicodeDecodeError:
        return  # a file with these bytes is refused
    assert misread(written) == text or set(written) == {"·"}  # 贩贩: middle dots only are what they are


@pytest.mark.parametrize("wrong", ["gb18030", "latin-1"])
def test_a_character_that_was_lost_on_the_way_hides_nothing(wrong: str) -> None:
    written = "济南市历下区安全生产责任保险公司".encode()[:-1].decode(wrong, "replace").replace("\ufffd", "?")
    assert str(misread(written)).startswith("济南市历下区安全生产责任保险公")


def test_one_letter_alone_is_recognised() -> None:
    assert misread("全".encode("gb18030").decode()) == "全"
    assert [symbol for symbol in "αΦ±°×·éü" if misread(symbol)] == []


@given(COMMON)
def test_common_chinese_is_no_suspect(text: str) -> None:
    assert misread(text) is None


def test_no_name_of_the_hub_and_no_text_of_the_sandbox_is_a_suspect() -> None:
    texts = {form for codes in load_code_lists().values() for entry in codes.entries for form in entry.written_forms}
    texts |= {str(row["region_name"]) for row in own_regions().region_rows()}
    texts |= {
        value
        for version in truth.build(3, 0.005).versions
        for value in version.record.values()
        if isinstance(value, str)
    }
    assert [text for text in texts if misread(text)] == []
    assert [text for text in ("Müller", "São Paulo", "café", "Φ25钢筋", "α、β射线", "龘䶮") if misread(text)] == []

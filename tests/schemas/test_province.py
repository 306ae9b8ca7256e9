"""The folder of a province: what it says, and what is told of its mistakes."""

from __future__ import annotations

import pathlib

import pytest

from schemas.errors import DefinitionError, SetupError
from schemas.province import DEFAULT, VARIABLE, by_province, province


@pytest.fixture
def folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return tmp_path


def write(folder: pathlib.Path, text: str) -> None:
    (folder / "province.yml").write_text(text, encoding="utf-8")


def test_without_a_word_it_is_the_sandbox_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert province().folder == DEFAULT


def test_it_says_code_and_how_it_is_shown(folder: pathlib.Path) -> None:
    write(folder, 'code: "410000"\nplatform_name: 试点平台\n')
    found = province()
    assert (found.code, found.platform_name) == ("410000", "试点平台")


def test_a_folder_that_is_none_is_told_in_one_line(folder: pathlib.Path) -> None:
    with pytest.raises(SetupError, match=r"holds no province\.yml; `anze province new"):
        province()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("code: 410000\n", ":1: code: .*quote its six digits"),
        ('code: "410100"\n', ":1: code: .*is no province"),
        ('code: "410000"\nkode: x\n', ":2: kode: .*did you mean 'code'"),
        ('code: "410000"\ncode: "370000"\n', ":2: code: is given twice, first on line 1"),
        ('code: "410000"\nplatform_name: 1\n', ":2: platform_name: 1 is no text"),
        ("platform_name: x\n", "code: is missing"),
        ("- code\n", ":1: document: is no mapping"),
        ("code: [\n", "document: is no YAML"),
    ],
)
def test_a_mistake_is_told_with_file_line_key_and_fix(folder: pathlib.Path, text: str, told: str) -> None:
    write(folder, text)
    with pytest.raises(DefinitionError, match=rf"/province\.yml.*{told}"):
        province()


def test_what_was_read_of_one_province_is_never_told_of_another(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = by_province(lambda here: here.code)
    for each in ("410000", "110000", "410000"):
        (tmp_path / each).mkdir(exist_ok=True)
        write(tmp_path / each, f'code: "{each}"\n')
        monkeypatch.setenv(VARIABLE, str(tmp_path / each))
        assert code() == each

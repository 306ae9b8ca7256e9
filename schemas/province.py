"""The province that an installation serves: a folder that its deployer owns, named by ``ANZE_PROVINCE``.

Without one it is the sandbox's. ``province.yml`` says which province this is (code of GB/T 2260) and how it is shown;
beside it stand its insurers, vendor profiles, bounds, floors and notices. ``docs/province.md`` says what each file is for.
"""

from __future__ import annotations

import functools
import os
import pathlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from pydantic import BeforeValidator

from schemas.errors import SetupError
from schemas.yaml_files import Entry, Text, mistake, read_yaml

DEFAULT = pathlib.Path(__file__).parents[1] / "sandbox" / "province"
VARIABLE, FILE = "ANZE_PROVINCE", "province.yml"
_CODE = re.compile(r"[1-9]\d0000")
_T = TypeVar("_T")


@dataclass(frozen=True)
class Province:
    """What a province's folder says of it."""

    folder: pathlib.Path
    code: str
    platform_name: str | None = None


def province() -> Province:
    """The province of this process. Raises SetupError for a folder that is none, DefinitionError for its mistakes."""
    return _province_of(os.environ.get(VARIABLE))


def folder_of(chosen: str | None) -> pathlib.Path:
    """The folder that a value of ``ANZE_PROVINCE`` names; the sandbox's where it names none."""
    return _resolved(chosen) if chosen else DEFAULT


def by_province(read: Callable[[Province], _T]) -> Callable[[], _T]:
    """A reader of the present province's folder that reads each folder once."""
    kept = functools.cache(read)
    return functools.wraps(read)(lambda: kept(province()))


@functools.cache
def _province_of(chosen: str | None) -> Province:
    return read_province(folder_of(chosen))


@functools.cache
def read_province(folder: pathlib.Path) -> Province:
    """The province of a folder. Raises SetupError for a folder that is none, DefinitionError for its mistakes."""
    if not (folder / FILE).is_file():
        raise SetupError(
            f"{folder} is no province: it holds no {FILE}; `anze province new {folder} --code ...` makes one"
        )
    said = read_yaml(f"{folder.name}/{FILE}", (folder / FILE).read_bytes(), dict).part(_Said)
    return Province(folder, said.code, said.platform_name)


@functools.cache
def _resolved(chosen: str) -> pathlib.Path:
    return pathlib.Path(chosen).expanduser().resolve()


def _code(code: object) -> object:
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise mistake(f"{code!r} is no province of GB/T 2260", 'quote its six digits, like "410000"')
    return code


class _Said(Entry):
    """``province.yml``."""

    code: Annotated[str, BeforeValidator(_code)]
    platform_name: Text | None = None

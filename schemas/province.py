"""The province that an installation serves: a folder that its deployer owns, named by ``ANZE_PROVINCE``.

Without one it is the sandbox's. ``province.yml`` says which province this is (code of GB/T 2260) and how it is shown;
beside it stand its insurers, vendor profiles, bounds, floors and notices. ``docs/province.md`` says what each file is for.
"""

from __future__ import annotations

import functools
import os
import pathlib
import re
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from schemas.errors import DefinitionError, SetupError
from schemas.lined import Lined
from schemas.mistakes import Mistakes

DEFAULT = pathlib.Path(__file__).parents[1] / "sandbox" / "province"
VARIABLE, FILE = "ANZE_PROVINCE", "province.yml"
TIME_ZONE = "Asia/Shanghai"
_REQUIRED, _OPTIONAL = ("code",), ("platform_name", "time_zone", "logo")
_CODE = re.compile(r"[1-9]\d0000")
_T = TypeVar("_T")


@dataclass(frozen=True)
class Province:
    """What a province's folder says of it. ``time_zone`` is the one in which times are shown; ``logo`` is a file of it."""

    folder: pathlib.Path
    code: str
    platform_name: str | None = None
    time_zone: str = TIME_ZONE
    logo: pathlib.Path | None = None


def province() -> Province:
    """The province of this process. Raises SetupError for a folder that is none, DefinitionError for its mistakes."""
    return read_province(folder_of(os.environ.get(VARIABLE)))


def folder_of(chosen: str | None) -> pathlib.Path:
    """The folder that a value of ``ANZE_PROVINCE`` names; the sandbox's where it names none."""
    return _resolved(chosen) if chosen else DEFAULT


def by_province(read: Callable[[Province], _T]) -> Callable[[], _T]:
    """A reader of the present province's folder that reads each folder once."""
    kept = functools.cache(read)
    return functools.wraps(read)(lambda: kept(province()))


@functools.cache
def read_province(folder: pathlib.Path) -> Province:
    """The province of a folder. Raises SetupError for a folder that is none, DefinitionError for its mistakes."""
    if not (folder / FILE).is_file():
        raise SetupError(
            f"{folder} is no province: it holds no {FILE}; `anze province new {folder} --code ...` makes one"
        )
    said = Lined(folder / FILE, required=_REQUIRED, optional=_OPTIONAL)
    with Mistakes() as mistakes:
        for key, check in (("code", _code), ("platform_name", Lined.text), ("time_zone", _time_zone), ("logo", _logo)):
            if said.values.get(key) is not None:
                mistakes.attempt(check, said, key)
    logo = said.values.get("logo")
    return Province(
        folder,
        said.values["code"],
        said.values.get("platform_name"),
        said.values.get("time_zone", TIME_ZONE),
        folder / logo if logo else None,
    )


@functools.cache
def _resolved(chosen: str) -> pathlib.Path:
    return pathlib.Path(chosen).expanduser().resolve()


def _code(said: Lined, key: str) -> str:
    code = said.values[key]
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise said.refuse(key, f"{code!r} is no province of GB/T 2260", 'quote its six digits, like "410000"')
    return code


def _time_zone(said: Lined, key: str) -> str:
    name = said.text(key)
    if name not in zoneinfo.available_timezones():
        raise said.refuse(key, f"{name!r} is no time zone", f"write one of the IANA list, like {TIME_ZONE}")
    return name


def _logo(said: Lined, key: str) -> str:
    name = said.text(key)
    if not (said.path.parent / name).is_file():
        raise DefinitionError(said.file, key, f"{name} is no file", said.lines[key], "put it beside province.yml")
    return name

"""The Chinese fonts of a bulletin: those of a wheel, so that every machine prints the same; else those of the system."""

from __future__ import annotations

import functools
import importlib.util
import pathlib
import re
from dataclasses import dataclass

import typst

from schemas.errors import SetupError

#: Noto Serif SC and Noto Sans SC (SIL Open Font License), as a wheel of PyPI.
WHEEL = "pylopdf_fonts_zh_cn"
#: Serif and sans of the wheel, and of Debian's fonts-noto-cjk.
_OF_WHEEL, _OF_SYSTEM = ("Noto Serif SC", "Noto Sans SC"), ("Noto Serif CJK SC", "Noto Sans CJK SC")


@dataclass(frozen=True)
class Faces:
    """Fonts that a document is set in: a family for texts (宋体), one for headings, tables' heads and charts (黑体)."""

    fonts: typst.Fonts
    serif: str
    sans: str

    def in_svg(self, svg: str) -> str:
        """A chart that asks for these fonts."""
        return re.sub(r'font-family="[^"]*"', f'font-family="{self.sans}"', svg, count=1)


@functools.cache
def faces() -> Faces:
    """The fonts of this machine, found once a process. Raises SetupError where none has Chinese."""
    folder = _wheel()
    if folder is None:
        return choose(typst.Fonts(include_system_fonts=True, include_embedded_fonts=False), _OF_SYSTEM)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])
    return choose(fonts, _OF_WHEEL)


def choose(fonts: typst.Fonts, families: tuple[str, str]) -> Faces:
    """Serif and sans among the fonts found; sans for both where there is no serif. Raises SetupError without sans."""
    known, (serif, sans) = set(fonts.families()), families
    if sans not in known:
        raise SetupError(
            f"no Chinese font to print with: pip install {WHEEL.replace('_', '-')}, or apt-get install fonts-noto-cjk"
        )
    return Faces(fonts, serif if serif in known else sans, sans)


def _wheel() -> pathlib.Path | None:
    found = importlib.util.find_spec(WHEEL)
    places = found.submodule_search_locations if found else None
    return pathlib.Path(next(iter(places))) if places else None

"""The folder of a new province: one file that says which it is, and room for its insurers."""

from __future__ import annotations

import json
import pathlib

from schemas.errors import SetupError
from schemas.province import FILE
from schemas.regions import provinces

TEMPLATE = """\
# The province that this hub serves; docs/province.md says what may stand beside this file.
code: "{code}"
{name}"""


def write(folder: pathlib.Path, code: str, platform_name: str | None = None) -> pathlib.Path:
    """Write a province without insurers, which starts. Raises SetupError, and writes nothing, for a folder that exists or a code that is none."""
    if code not in provinces():
        raise SetupError(f"{code!r} is no province of GB/T 2260: write its six digits, like 410000")
    if folder.exists():
        raise SetupError(f"{folder} exists already: choose another folder")
    (folder / "insurers").mkdir(parents=True)
    name = f"platform_name: {json.dumps(platform_name, ensure_ascii=False)}\n" if platform_name else ""
    (folder / FILE).write_text(TEMPLATE.format(code=code, name=name), encoding="utf-8")
    return folder

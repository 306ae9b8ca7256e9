"""The file of a new insurer: one YAML, nothing else."""

from __future__ import annotations

import json
import pathlib
import re

from connectors.definition import load_definition
from connectors.files import REGULATOR, Files, stems
from schemas.errors import DefinitionError

TEMPLATE = """\
insurer: {insurer_id}
extends: {dialect}
name: {name}
insurer_code: {code}
feed_mode: "{feed_mode}"
{base_url}schedule: "30 1 * * *"
contact: data@{insurer_id}.example
"""


_PLAIN = re.compile(r"[\u4e00-\u9fff][\w()（）·]*")
"""Names that YAML reads as they are; others are quoted."""


def write(insurer_id: str, dialect: str, name: str, folder: pathlib.Path | None = None) -> pathlib.Path:
    """Write ``insurers/<insurer_id>.yml`` of the province, which then loads.

    Raises DefinitionError, and writes nothing, for a bad id or name, an unknown dialect or an existing file.
    """
    files = Files(folder)
    target, vendors = files.path(f"insurers/{insurer_id}.yml"), stems(files, "vendors")
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,30}", insurer_id):
        fix = "2 to 31 lower-case letters, digits, _; a letter first"
        raise DefinitionError(target.name, "insurer", f"{insurer_id!r} is no id", fix=fix)
    if insurer_id == REGULATOR:
        raise DefinitionError(target.name, "insurer", "is who sends the registers", fix="choose another id")
    if dialect not in vendors:
        raise DefinitionError(
            target.name, "extends", f"no vendor profile {dialect}", fix=f"one of {', '.join(vendors)}"
        )
    if target.exists():
        raise DefinitionError(target.name, "insurer", "exists already", fix="choose another id")
    is_drop = "channel: drop" in files[f"vendors/{dialect}.yml"]
    text = TEMPLATE.format(
        insurer_id=insurer_id,
        dialect=dialect,
        name=name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False),
        code=insurer_id.upper()[:12],
        feed_mode="30" if is_drop else "10",
        base_url="" if is_drop else f"base_url: https://{insurer_id}.example/api\n",
    )
    target.parent.mkdir(exist_ok=True)
    target.write_text(text, encoding="utf-8")
    try:
        load_definition(insurer_id, folder, {})
    except DefinitionError:
        target.unlink()
        raise
    return target

"""A bulletin as PDF/A-2b: A4, set by typst. The same document gives the same bytes with the same fonts."""

from __future__ import annotations

import itertools
import json
import pathlib
from dataclasses import asdict
from typing import Any, cast

import typst

from portal.bulletin.blocks import Block, Charts, Document, Table
from portal.bulletin.fonts import Faces, faces

_HERE = pathlib.Path(__file__).parent
#: Dots an inch of a chart as a picture.
_PICTURE_PPI = 220


def pdf(document: Document) -> bytes:
    """The document as pages. Raises SetupError without a Chinese font."""
    found = compiler(document).compile(format="pdf", pdf_standards=["a-2b"], timestamp=int(document.moment.timestamp()))
    return cast("bytes", found)


def compiler(document: Document) -> typst.Compiler:
    """What sets a document: its pages, and what stands on them, can be asked of it."""
    chosen = faces()
    return typst.Compiler(
        (_HERE / "bulletin.typ").read_bytes(), font_paths=chosen.fonts,
        sys_inputs={"document": _as_json(document, chosen), "serif": chosen.serif, "sans": chosen.sans},
    )  # fmt: skip


def picture(svg: str) -> bytes:
    """A chart as PNG, for what takes no drawings. Raises SetupError without a Chinese font."""
    chosen = faces()
    found = typst.Compiler(
        (_HERE / "picture.typ").read_bytes(), font_paths=chosen.fonts,
        sys_inputs={"svg": chosen.in_svg(svg), "sans": chosen.sans},
    ).compile(format="png", ppi=_PICTURE_PPI)  # fmt: skip
    return cast("bytes", found)


def _as_json(document: Document, chosen: Faces) -> str:
    number = itertools.count(1)
    blocks = [_block(block, chosen, number) for block in document.blocks]
    told = {name: getattr(document, name) for name in ("title", "subtitle", "facts", "footer", "author", "language")}
    return json.dumps({**told, "blocks": blocks}, ensure_ascii=False)


def _block(block: Block, chosen: Faces, number: itertools.count[int]) -> dict[str, Any]:
    told = {"kind": type(block).__name__.lower(), **asdict(block)}
    if isinstance(block, Table):
        told["number"] = next(number)
    if isinstance(block, Charts):
        told["charts"] = [{**asdict(chart), "svg": chosen.in_svg(chart.svg)} for chart in block.charts]
    return told

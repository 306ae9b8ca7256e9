"""What a bulletin is made of, whatever it is written as: PDF and DOCX have the same headings, sentences, tables, charts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """The title of a section; ``is_annex`` begins a page."""

    text: str
    is_annex: bool = False


@dataclass(frozen=True)
class Paragraph:
    """Sentences."""

    text: str


@dataclass(frozen=True)
class Column:
    """``weight``: its share of the page's width."""

    label: str
    weight: float = 1
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    """Rows have as many texts as there are columns; a newline begins a line in a cell. ``note`` stands below."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Chart:
    """A drawing that stands alone (SVG), and in words what it shows."""

    title: str
    svg: str
    words: str = ""


@dataclass(frozen=True)
class Charts:
    """Charts, ``across`` beside each other."""

    charts: tuple[Chart, ...]
    across: int = 1


Block = Heading | Paragraph | Table | Charts


@dataclass(frozen=True)
class Document:
    """A bulletin, told. ``moment`` is the one that files carry as their date: when the month was frozen."""

    title: str
    subtitle: str
    facts: tuple[str, ...]
    blocks: tuple[Block, ...]
    footer: tuple[str, str]
    author: str
    moment: dt.datetime
    language: str

    @property
    def tables(self) -> tuple[Table, ...]:
        """Its tables, in their order."""
        return tuple(block for block in self.blocks if isinstance(block, Table))

    @property
    def charts(self) -> tuple[Chart, ...]:
        """Its charts, in their order."""
        return tuple(chart for block in self.blocks if isinstance(block, Charts) for chart in block.charts)

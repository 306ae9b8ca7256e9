"""A bulletin as a file: PDF to print and keep, DOCX for offices to go on writing."""

from __future__ import annotations

from portal.bulletin.document import compose
from portal.bulletin.docx import docx
from portal.bulletin.facts import Bulletin
from portal.bulletin.pdf import pdf

#: Kinds of file and their media types.
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_WRITERS = {"pdf": pdf, "docx": docx}


def make(bulletin: Bulletin, kind: str, language: str = "zh") -> bytes:
    """A bulletin as ``pdf`` or ``docx``; the same bulletin gives the same bytes.

    Raises KeyError for another kind, SetupError where the machine has no Chinese font.
    """
    return _WRITERS[kind](compose(bulletin, language))

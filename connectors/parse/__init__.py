"""Bytes become rows of text: CSV and XLSX in a child process with limits, JSON pages here.

Nothing is imported until it is asked for: the child process starts through this package.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connectors.parse.batch import read_batch
    from connectors.parse.limits import Limits

__all__ = ["Limits", "read_batch"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from connectors.parse import batch

    return getattr(batch, name)

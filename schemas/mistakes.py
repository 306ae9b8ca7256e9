"""All mistakes of a definition file in one go: each part is tried, and what failed is raised together at the end."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from schemas.errors import DefinitionError

T = TypeVar("T")
P = ParamSpec("P")


class Mistakes:
    """What was found so far; leaving the ``with`` block raises one DefinitionError that tells everything.

    Of several mistakes at one place (file, line, key) the first counts: the others follow from it.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, int | None, str], DefinitionError] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, DefinitionError):
            self.add(error)
        elif error is not None:
            return
        self.tell(error)

    def __bool__(self) -> bool:
        return bool(self._found)

    def below(self, key: str) -> bool:
        """Whether something is wrong with a dotted key or what stands below it."""
        return any(f"{found}.".startswith(f"{key}.") for _, _, found in self._found)

    def add(self, error: DefinitionError) -> None:
        """Keep a mistake, and those that were found with it."""
        for each in error.all:
            self._found.setdefault(each.place, each)

    def attempt(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """What ``act`` returns; None when it has a mistake, which is kept."""
        try:
            return act(*args, **kwargs)
        except DefinitionError as error:
            self.add(error)
            return None

    def tell(self, cause: BaseException | None = None) -> None:
        """Raise everything that was found as one DefinitionError; return when there is nothing."""
        if self._found:
            raise self.together() from cause

    def together(self) -> DefinitionError:
        """Everything that was found, which is at least one, as one DefinitionError."""
        first, *others = self._found.values()
        told = DefinitionError(first.file, first.key, first.problem, first.line, first.fix)
        told.also = tuple(others)
        return told


def nearest(word: str, known: Collection[str]) -> str:
    """A fix in words: the known name most like ``word``, or all of them."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    shown = (name if len(name) > 1 else repr(name) for name in sorted(known))
    return f"did you mean {close[0]!r}?" if close else f"one of {', '.join(shown)}"

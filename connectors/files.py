"""Definition files as texts by name (``insurers/x.yml``, ``vendors/y.yml``, ``regulator.yml``), read when asked for.

Insurers stand in the province's folder. Vendors' profiles and the registers' definition ship with the hub; a province's
own lies over the shipped one of that name.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Mapping

from schemas.errors import DefinitionError
from schemas.province import province

REGULATOR = "regulator"
SHIPPED = pathlib.Path(__file__).parent
_NAMES = (f"{REGULATOR}.yml", "insurers/*.yml", "vendors/*.yml")


class Files(Mapping[str, str]):
    """The definition files of a province (default: this process's): name -> text. Raises DefinitionError for one that is not UTF-8."""

    def __init__(self, folder: pathlib.Path | None = None) -> None:
        self._folders = (folder or province().folder, SHIPPED)

    def path(self, name: str) -> pathlib.Path:
        """Where a file stands; in the province's folder when there is none."""
        paths = [folder / name for folder in self._folders]
        return next((path for path in paths if path.exists()), paths[0])

    def __getitem__(self, name: str) -> str:
        try:
            return self.path(name).read_bytes().decode()
        except FileNotFoundError:
            raise KeyError(name) from None
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise DefinitionError(name, "file", "is not UTF-8", line, "save it as UTF-8") from error

    def __iter__(self) -> Iterator[str]:
        for pattern in _NAMES:
            found = {path.relative_to(folder).as_posix() for folder in self._folders for path in folder.glob(pattern)}
            yield from sorted(found)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def stems(files: Mapping[str, str], folder: str) -> list[str]:
    """Names without suffix of the files in ``insurers`` or ``vendors``."""
    paths = map(pathlib.PurePosixPath, files)
    return sorted(path.stem for path in paths if path.parent.name == folder)

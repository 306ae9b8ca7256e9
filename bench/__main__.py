"""``python -m bench``: everything that `make bench` runs, into docs/benchmarks.md; a part by its name, as ``python -m bench load``.

What takes hours is done by ``--long``: 1,000,000 and 5,000,000 rows, a province of scale 1 and 36, 350 insurers.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from bench import figures

SIZES, LONG_SIZES = (20_000, 200_000), (1_000_000, 5_000_000)
TYPES = ("policy", "service_record")
READ_ROWS = 1_000_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line names; the exit code."""
    asked = _parser().parse_args(arguments)
    if asked.part == "smoke":
        from bench import smoke

        return smoke.main(is_kept=asked.keep)
    for part in [asked.part] if asked.part else PARTS:
        PARTS[part](asked)
    return 0


def _load(asked: argparse.Namespace) -> None:
    from bench import loading

    sizes = asked.rows or (*SIZES, *(LONG_SIZES if asked.long else ()))
    loading.measure(asked.types, sizes, asked.times, loading.Largest(asked.dlt_to, asked.singer_to))


def _variants(asked: argparse.Namespace) -> None:
    from bench import loading

    loading.variants((asked.rows or SIZES)[-1], asked.times)


def _startup(asked: argparse.Namespace) -> None:
    from bench import startup

    startup.measure(asked.times)


def _portal(asked: argparse.Namespace) -> None:
    from bench import portal

    portal.measure(asked.rows or (1_000, 100_000), asked.times)


def _night(asked: argparse.Namespace) -> None:
    from bench import night

    for insurers in asked.insurers or ((35, 350) if asked.long else (35,)):
        night.measure(insurers, asked.times if insurers <= 35 else 1)


def _year(asked: argparse.Namespace) -> None:
    from bench import year

    for scale in asked.scale or ((0.1, 1.0) if asked.long else (0.1,)):
        year.measure(scale, asked.times if scale < 1 else min(asked.times, 3))


def _publish(asked: argparse.Namespace) -> None:
    from bench import publish

    for scale in asked.scale or ((1.0, 36.0) if asked.long else (0.1,)):
        rounds = [publish.measure(scale) for _ in range(asked.times if scale < 1 else 1)]
        lines = [(name, figures.Spread.of(each[name] for each in rounds).told()) for name in rounds[0]]
        body = f"{len(rounds)} rounds.\n\n{figures.table(('', ''), lines)}"
        figures.write(f"Publishing a province at scale {scale:g}", body)


def _rights(_asked: argparse.Namespace) -> None:
    from bench import rights

    lines = rights.measure(READ_ROWS)
    columns = ("reader", "records", "without, s", "with, s", "ratio")
    figures.write("Row security", f"{READ_ROWS:,} policies, {rights.ROUNDS} rounds.\n\n{figures.table(columns, lines)}")


#: In the order in which they are run.
PARTS: dict[str, Callable[[argparse.Namespace], None]] = {
    "load": _load,
    "variants": _variants,
    "startup": _startup,
    "portal": _portal,
    "rights": _rights,
    "publish": _publish,
    "year": _year,
    "night": _night,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", nargs="?", choices=[*PARTS, "smoke"], help="default: everything but smoke")
    parser.add_argument("--times", type=int, default=5, help="rounds; fewer of what takes long")
    parser.add_argument("--long", action="store_true", help="also what takes hours")
    parser.add_argument("--rows", nargs="+", type=int, help="load, variants, portal: rows of the files")
    parser.add_argument("--types", nargs="+", choices=TYPES, default=TYPES, help="load: record types")
    parser.add_argument("--dlt-to", type=int, default=SIZES[-1], help="load: the largest file of dlt")
    parser.add_argument("--singer-to", type=int, default=SIZES[0], help="load: the largest file of Singer")
    parser.add_argument("--scale", nargs="+", type=float, help="year, publish: sizes of the province")
    parser.add_argument("--insurers", nargs="+", type=int, help="night: numbers of insurers")
    parser.add_argument("--keep", action="store_true", help="smoke: keep what is measured")
    return parser


if __name__ == "__main__":
    sys.exit(main())

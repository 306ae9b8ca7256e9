"""What a clerk waits for: upload to receipt, and to result, by the API of a real portal on a throw-away cluster.

    python -m bench portal --rows 1000 100000

Policies of all columns, as CSV and as XLSX, one in a hundred with an unknown code; then the returned workbook.
"""

from __future__ import annotations

import datetime as dt
import pathlib
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from bench.apart import apart
from bench.figures import Spread, table, write
from bench.files import FOLDER
from bench.rooms import YOUNG, room
from sandbox import drops, truth
from tests.portal.front import Session, front

DAY = dt.date(2026, 11, 20)
FORMS = {"csv_utf8": "CSV", "xlsx_plain": "XLSX"}
#: What is read once is read: a file of this size goes first.
WARM_ROWS = 100


def measure(sizes: Sequence[int], times: int) -> None:
    """Measure and write every size and form."""
    found: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    for _ in range(times):
        for rows in sizes:
            for form in FORMS:
                found[rows, form].append(apart("bench.portal:hand_in", rows=rows, form=form)[1])
    lines = [
        (f"{rows:,}", FORMS[form], f"{told[0]['file_mb']:.1f}", *(
            Spread.of(each[name] for each in told).told() for name in ("receipt", "result", "returned")
        ))
        for (rows, form), told in found.items()
    ]  # fmt: skip
    body = table(("rows", "form", "MB", "receipt, s", "result, s", "returned workbook, s"), lines)
    write("A file handed in at the portal", f"{times} rounds.\n\n{body}")


def hand_in(rows: int, form: str) -> dict[str, Any]:
    """Hand in one file at a portal of its own: seconds to its receipt, its verdict, and its returned workbook."""
    with room() as opened, front(opened.cluster.url(YOUNG), opened.folder / "var") as door:
        door.account("bench_clerk", "insurer_submitter", insurer_id="lichun")
        clerk = door.session("bench_clerk")
        _until_told(clerk, _file(form, WARM_ROWS))
        path = _file(form, rows)
        receipt, result, told = _until_told(clerk, path)
        begun = time.monotonic()
        answer = clerk.get(f"/submissions/{told['batch_id']}/annotated.xlsx", timeout=600)
        answer.raise_for_status()
        returned = time.monotonic() - begun
        return {"receipt": receipt, "result": result, "returned": returned, "file_mb": path.stat().st_size / 1e6}


def _until_told(clerk: Session, path: pathlib.Path) -> tuple[float, float, dict[str, Any]]:
    begun = time.monotonic()
    with path.open("rb") as file:
        asked = {"record_type": "policy", "file_name": path.name}
        answer = clerk.post("/api/v1/submissions", params=asked, data=file, headers={"X-CSRF-Token": clerk.csrf})
    assert answer.status_code == 202, answer.text
    receipt, told = time.monotonic() - begun, answer.json()
    while told["state"] == "received":
        time.sleep(0.1)
        told = clerk.get(told["links"]["self"]).json()
    return receipt, time.monotonic() - begun, told


def _file(form: str, rows: int) -> pathlib.Path:
    """Policies of the sandbox under numbers of their own, one in a hundred with an unknown status; written once."""
    folder = FOLDER / f"{form}-{rows}"
    if found := list(folder.glob("policy_*.??*x")) or list(folder.glob("policy_*.csv")):
        return found[0]
    folder.mkdir(parents=True, exist_ok=True)
    province = truth.build(1, 0.02)
    known = [v.record for v in province.versions if v.record_type == "policy" and v.record["operation_code"] == "I"]
    own = {"insurer_code": "LICHUN", "previous_policy_no": None}
    filled = [dict(known[n % len(known)]) | own | {"policy_no": f"B{rows}N{n:07d}"} for n in range(rows)]
    for row in filled[::100]:
        row["policy_status_code"] = "77"
    return drops.write_file(form, folder, "policy", filled, DAY)

"""What a clerk waits for: upload to receipt, and to result, by the API of a real portal on a throw-away cluster.

    python -m bench.portal 1000 100000

Policies of all columns, as CSV and as XLSX, one in a hundred with an unknown code; then the returned workbook.
"""

from __future__ import annotations

import datetime as dt
import pathlib
import sys
import tempfile
import time

from pipeline.services.postgres import Cluster, free_port
from pipeline.setup import prepare
from sandbox import drops, truth
from tests.portal.front import Front, Session, front

DAY = dt.date(2026, 11, 20)
FORMS = {"csv_utf8": "CSV", "xlsx_plain": "XLSX"}


def policies(count: int) -> list[dict[str, object]]:
    """Policies of the sandbox under numbers of their own, one in a hundred with an unknown status."""
    province = truth.build(1, 0.02)
    known = [v.record for v in province.versions if v.record_type == "policy" and v.record["operation_code"] == "I"]
    own = {"insurer_code": "LICHUN", "previous_policy_no": None}
    rows = [dict(known[n % len(known)]) | own | {"policy_no": f"B{count}N{n:07d}"} for n in range(count)]
    for row in rows[::100]:
        row["policy_status_code"] = "77"
    return rows


def measure(clerk: Session, path: pathlib.Path) -> tuple[float, float, dict[str, object]]:
    """Seconds to the receipt and to the verdict, and the verdict."""
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


def report(opened: Front, folder: pathlib.Path, count: int) -> None:
    """Measure and print one size."""
    clerk = opened.session("bench_clerk")
    for form, name in FORMS.items():
        rows = [row | {"policy_no": f"{row['policy_no']}{name}"} for row in policies(count)]
        (folder / f"{count}{form}").mkdir()
        path = drops.write_file(form, folder / f"{count}{form}", "policy", rows, DAY)
        receipt, result, told = measure(clerk, path)
        begun = time.monotonic()
        returned = clerk.get(f"/submissions/{told['batch_id']}/annotated.xlsx", timeout=600)
        print(
            f"{count:>9,} {name:<5} {path.stat().st_size / 1e6:7.1f} MB  receipt {receipt:6.2f} s  result {result:6.1f} s  "
            f"{told['state']}, held {told['quarantined_count']}  returned workbook {time.monotonic() - begun:5.1f} s, "
            f"{len(returned.content) / 1e6:.1f} MB"
        )


def main() -> None:
    """Print a line for each size and form."""
    sizes = [int(each) for each in sys.argv[1:]] or [1_000, 100_000]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        server = Cluster(folder / "pg", free_port())
        server.start()
        try:
            prepare(server.url("postgres"))
            with front(server.url("postgres"), folder / "var") as opened:
                opened.account("bench_clerk", "insurer_submitter", insurer_id="lichun")
                report(opened, folder, 100)  # what is read once, is read
                for size in sizes:
                    report(opened, folder, size)
        finally:
            server.stop("immediate")


if __name__ == "__main__":
    main()

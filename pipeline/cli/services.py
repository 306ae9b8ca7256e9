"""``anze up | down | status | demo``: the local installation."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from pipeline.cli.output import AsJson, print_json, print_table, stderr, stdout


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (up, down, status, demo):
        app.command()(command)


Scale = Annotated[
    str, typer.Option(help="Size of the province: 1 = 56,000 enterprises. Only a new installation obeys.")
]
Seed = Annotated[int, typer.Option(help="Seed of the province. Only a new installation obeys.")]


def up(
    scale: Scale = "", seed: Seed = 0, airflow: Annotated[bool, typer.Option(help="Start Airflow too.")] = True
) -> None:
    """Start the local installation: PostgreSQL, the sandbox province, Airflow. Safe to run again."""
    from pipeline.services import demonstration, installation

    here = installation.installation(_chosen(scale, seed))
    demonstration.start(here, _tell, with_airflow=airflow)
    _addresses()


def down() -> None:
    """Stop everything that runs."""
    from pipeline.services import installation

    stopped = installation.stop(installation.installation())
    stdout.print(f"stopped: {', '.join(stopped) or 'nothing was running'}")


def status(as_json: AsJson = False) -> None:
    """Show what runs, and when each feed was last delivered."""
    from pipeline.services import installation

    running = installation.states(installation.installation())
    if as_json:
        print_json(running)
    else:
        print_table(
            ("服务 service", "状态 state"), [(name, "运行中 up" if up else "停止 down") for name, up in running.items()]
        )
    if not running["PostgreSQL"]:
        raise typer.Exit(1)
    if not as_json:
        _feeds()


def _feeds() -> None:
    """Show each sender's last deliveries, the longest silent first."""
    from pipeline import steps
    from pipeline.settings import SHANGHAI
    from warehouse.feeds import deliveries

    hub = steps.open_hub()
    found = sorted(deliveries(hub.engine, hub.now()), key=lambda d: (d.last_received_at, d.insurer_id))
    rows = [
        (d.insurer_id, d.record_type, d.batch_count, f"{d.last_received_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
         f"{d.last_fresh_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if d.last_fresh_at else "—", d.pending_count)
        for d in found
    ]  # fmt: skip
    columns = (
        "机构 insurer",
        "数据 type",
        "批次 batches",
        "最近接收 last received",
        "最近有效 last with good rows",
        "待入库 waiting",
    )
    print_table(columns, rows, right=(2, 5))


def demo(scale: Scale = "", seed: Seed = 0) -> None:
    """Run one whole night for all insurers through Airflow, publish, verify, and show the result."""
    from pipeline.cli.demo_report import report
    from pipeline.services import demonstration, installation

    begun = time.monotonic()
    here = installation.installation(_chosen(scale, seed))
    demonstration.start(here, _tell)
    night = demonstration.run_night(here, _tell)
    balanced = report(here, night)
    _addresses()
    stdout.print(f"\n用时 took {time.monotonic() - begun:.0f} s. `anze status`, `anze indicator show`, `make down`.")
    if not balanced:
        raise typer.Exit(1)


def _chosen(scale: str, seed: int) -> dict[str, str]:
    import os

    chosen = {"ANZE_SANDBOX_SCALE": scale, "ANZE_SANDBOX_SEED": str(seed) if seed else ""}
    return {**os.environ, **{key: value for key, value in chosen.items() if value}}


def _tell(what: str) -> None:
    stderr.print(f"[dim]{time.strftime('%H:%M:%S')}[/dim] {what} ...")


def _addresses() -> None:
    from pipeline.services import installation
    from pipeline.services.postgres import binaries
    from warehouse.access import REGULATOR

    here = installation.installation()
    environ = here.environ()
    rows = [
        ("Airflow", here.airflow.address, f"admin / {here.airflow.password}"),
        (
            "PostgreSQL (监管只读 regulator)",
            f"127.0.0.1:{here.postgres_port}/anze",
            f"{REGULATOR} / {environ['ANZE_REGULATOR_PASSWORD']}",
        ),
        ("sandbox", here.sandbox_url, ""),
    ]
    print_table(("服务 service", "地址 address", "登录 login"), rows, "\n正在运行 running")
    stdout.print(
        f"psql: PGPASSWORD={environ['ANZE_REGULATOR_PASSWORD']} {binaries() / 'psql'} -h 127.0.0.1 -p {here.postgres_port} -U {REGULATOR} anze",
        soft_wrap=True,
    )

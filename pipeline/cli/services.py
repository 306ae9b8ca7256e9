"""``anze up | down | migrate | status | demo``: the local installation, and the tables of any."""

from __future__ import annotations

import os
import shlex
import sys
import time
from typing import Annotated

import typer
from rich.text import Text

from pipeline.cli.output import AsJson, dim, print_json, print_table, progress, red, stderr, stdout
from schemas.errors import SetupError
from schemas.province import province


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (up, down, migrate, status, demo):
        app.command()(command)
    app.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)(airflow)


Scale = Annotated[
    str, typer.Option(help="Size of the province: 1 = 56,000 enterprises. Only a new installation obeys.")
]
Seed = Annotated[int, typer.Option(help="Seed of the province. Only a new installation obeys.")]


def up(
    scale: Scale = "", seed: Seed = 0, airflow: Annotated[bool, typer.Option(help="Start Airflow too.")] = True
) -> None:
    """Start the local installation: PostgreSQL, the sandbox province, Airflow. Safe to run again."""
    from pipeline.services import demonstration, installation
    from pipeline.services.alone import alone

    here = installation.installation(_chosen(scale, seed))
    with alone(here.folder, "anze up"):
        demonstration.start(here, _tell, progress, with_airflow=airflow)
    _addresses()


def down() -> None:
    """Stop everything that runs."""
    from pipeline.services.installation import installation
    from pipeline.services.running import stop

    stopped = stop(installation())
    stdout.print(f"stopped: {', '.join(stopped) or 'nothing was running'}")


def migrate(
    dba: Annotated[
        bool, typer.Option("--dba", help="Only print, as SQL for a superuser, what the login could not set.")
    ] = False,
) -> None:
    """Create or upgrade the database's tables and fill the reference tables. Safe to run again.

    Uses the login of ANZE_TWIN_DATABASE_URL (var/admin.env), which may create roles, else that of ANZE_DATABASE_URL.
    Says which other databases of the server the hub's roles could enter, and what a DBA must set by hand.
    """
    from pipeline.settings import load_settings
    from pipeline.setup import left_to_dba, open_databases, prepare
    from warehouse.database.schema_version import newest
    from warehouse.landing.store import open_store

    settings = load_settings()
    url = settings.twin_database_url or settings.database_url
    if dba:
        _print_sql(left_to_dba(url))
        return
    prepare(url, settings.now())
    open_store(settings.landing, settings.environ).prepare()
    stdout.print(f"数据库结构 schema {newest()}")
    for name in open_databases(url):
        stdout.print(f"对所有登录开放 open to every login: revoke connect, temporary on database {name} from public;")
    if left := left_to_dba(url):
        stdout.print(
            "-- 此登录无权设置,请 DBA 以超级用户执行 this login may not set it, a superuser runs (anze migrate --dba):"
        )
        _print_sql(left)


def _print_sql(statements: list[str]) -> None:
    for each in statements:
        stdout.print(each, soft_wrap=True, markup=False, highlight=False)


def status(as_json: AsJson = False) -> None:
    """Show what runs, where each insurer stands, the worst first, and what to do. Exit code 1 if a service is down."""
    from pipeline.cli import standing
    from pipeline.services.installation import installation
    from pipeline.services.running import states

    running = states(installation())
    if as_json:
        print_json(
            {
                "province": {"code": province().code, "folder": str(province().folder)},
                "services": running,
                **(standing.told() if running.get("PostgreSQL", True) else {}),
            }
        )
    else:
        stdout.print(f"省 province: {_province_name()} ({province().folder})", soft_wrap=True)
        _services(running)
        if running.get("PostgreSQL", True):
            standing.show()
    if not all(running.values()):
        raise typer.Exit(1)


def airflow(arguments: Annotated[list[str], typer.Argument(help="What Airflow's own command line is asked.")]) -> None:
    """Run Airflow's own command line on this installation, for example `anze airflow backfill create --help`.

    Where the environment names a broker, it is how each machine starts its role: `anze airflow celery worker`.
    """
    os.execve(sys.executable, [sys.executable, "-m", "airflow", *arguments], _airflow_environ())  # noqa: S606 - the arguments are the caller's own, no shell reads them


def _airflow_environ() -> dict[str, str]:
    from pipeline.services import airflow_config, installation
    from pipeline.settings import environment

    if airflow_config.is_one_of_several(environ := environment()):
        return airflow_config.environment(environ)
    here = installation.installation()
    if not here.cluster.is_running():
        raise SetupError("the local installation does not run: `anze up`")
    return here.airflow.environ(here.environ())


def _province_name() -> str:
    from schemas.regions import region_name

    here = province()
    return " ".join(filter(None, (here.code, region_name(here.code), here.platform_name)))


def _services(running: dict[str, bool]) -> None:
    states = [Text.assemble(f"{name} ", "运行中 up" if up else red("停止 down")) for name, up in running.items()]
    for n in range(0, len(states), 3):
        stdout.print("服务 services: " if n == 0 else " " * 15, Text("; ").join(states[n : n + 3]), sep="")
    if not all(running.values()):
        stdout.print(red("下一步 next"), "anze up", sep=": ")


def demo(scale: Scale = "", seed: Seed = 0) -> None:
    """Run one whole night for all insurers through Airflow, publish, verify, and show the result.

    Exit code 3, and nothing changed, while another `anze demo` or `anze up` is at work on the same installation.
    """
    from pipeline.cli.demo_report import report
    from pipeline.services import demonstration, installation
    from pipeline.services.alone import alone
    from sandbox.world import world

    begun = time.monotonic()
    here = installation.installation(_chosen(scale, seed))
    world()  # before anything is started: a province that is not simulated has no night to play
    with alone(here.folder, "anze demo"):
        demonstration.start(here, _tell, progress)
        night = demonstration.run_night(here, _tell, progress)
        balanced = report(here, night)
    _addresses()
    stdout.print(f"\n用时 took {time.monotonic() - begun:.0f} s. `anze status`, `anze indicator show`, `make down`.")
    if not balanced:
        raise typer.Exit(1)


def _chosen(scale: str, seed: int) -> dict[str, str]:
    chosen = {"ANZE_SANDBOX_SCALE": scale, "ANZE_SANDBOX_SEED": str(seed) if seed else ""}
    return {**os.environ, **{key: value for key, value in chosen.items() if value}}


def _tell(what: str) -> None:
    stderr.print(dim(time.strftime("%H:%M:%S")), f"{what} ...")


def _addresses() -> None:
    from pipeline.services import demo_accounts, installation
    from pipeline.services.postgres import binaries
    from sandbox.world import is_simulated
    from warehouse.database.access import REGULATOR

    here = installation.installation()
    environ = here.environ()
    rows = [
        ("门户 portal", here.portal_url, str(here.folder / demo_accounts.FILE) if is_simulated() else "anze user add"),
        ("Airflow", here.airflow.address, f"admin / {here.airflow.password}"),
        (
            "PostgreSQL (监管只读 regulator)",
            f"127.0.0.1:{here.postgres_port}/anze",
            f"{REGULATOR} / {environ['ANZE_REGULATOR_PASSWORD']}",
        ),
        *([("sandbox", here.sandbox_url, "")] if is_simulated() else []),
    ]
    print_table(("服务 service", "地址 address", "登录 login"), rows, "\n正在运行 running")
    stdout.print(
        f"psql: PGPASSWORD={environ['ANZE_REGULATOR_PASSWORD']} {shlex.quote(str(binaries() / 'psql'))} -h 127.0.0.1 -p {here.postgres_port} -U {REGULATOR} anze",
        soft_wrap=True,
    )

"""A province's night on this machine, with invented figures: from the first file to the receipt.

The night itself is the product's own, run by the real services. Around it stand the sandbox's drop folders, senders'
APIs and national system. Run again, it shows that the same night twice changes nothing; a later ``--as-of`` is a
later night, which brings the corrections.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import psycopg
import typer

from kpi_reporting.cli import main
from kpi_reporting.cli.console import Console
from kpi_reporting.cli.instants import instant
from kpi_reporting.settings import get_settings
from sandbox import INVENTED_EN, MANIFEST, NIGHT, SEED

if TYPE_CHECKING:
    from kpi_reporting.runtime.night_run import NightOutcome
    from sandbox.province import Province

APPROVER = "Người ký duyệt (thử nghiệm)"
_OTHER_INBOXES = "select distinct inbox from raw.nights where inbox <> %s order by inbox"

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def demo(
    as_of: Annotated[str, typer.Option(help="Instant the night looks from.")] = NIGHT,
    seed: Annotated[int, typer.Option(help="Another seed invents another province.")] = SEED,
) -> None:
    """Run one night over an invented province, print how it went, and stop everything that was started."""
    from kpi_reporting.registry import load_registry
    from kpi_reporting.runtime.night_run import BUILD, run_night
    from kpi_reporting.runtime.supervisor import services
    from kpi_reporting.warehouse import connect
    from sandbox.province import make_province
    from sandbox.servers import servers

    settings, console, at = get_settings(), Console(), instant(as_of)
    registry = load_registry(settings.registry_dir)
    typer.echo(INVENTED_EN)
    with services(settings, console.tell, accounts=[APPROVER]) as running:
        province = make_province(settings.home / "sandbox" / "inbox", at, seed, registry=registry)
        typer.echo(_introduced(province))
        national = settings.home / "sandbox" / "national"
        with (
            servers(registry, province, national) as answering,
            answering.known_to(running.wait_until_ready()),
        ):
            outcome = run_night(
                settings, registry.folder, province.folder, province.as_of, APPROVER, console.tell, running
            )
        console.sum_up(outcome)
        if outcome.states.get(BUILD) == "success":
            with connect(settings.warehouse_dsn(registry.code)) as conn:
                _show(conn, province, outcome)
    typer.echo(_next_steps(province, outcome))
    raise typer.Exit(0 if outcome.succeeded else 1)


def _introduced(province: Province) -> str:
    from sandbox.faults import FAULTS

    entries = [one for one in province.manifest if not one.is_archive]
    silent = ", ".join(sorted(province.silent))
    senders, wrong = len({one.unit_code for one in entries}), sum(one.particular in FAULTS for one in entries)
    filed = f"{senders} senders filed {len(entries)} times by {province.as_of:%Y-%m-%d %H:%M}"
    by_sftp = sum(len(files) for files in province.sent_files.values())
    packed = sum(".zip/" in one.origin for one in entries)
    lines = [
        f"{filed}, {wrong} times wrongly and on purpose: {province.folder / MANIFEST} says how.",
        f"{by_sftp} of these filings lie on a sender's SFTP server, {packed} came in an archive.",
        f"{len(province.missing)} reports are missing. The API {silent} will not answer.",
        f"The sandbox signs off itself, through Airflow's API, as {APPROVER!r}. In production a person does.",
    ]
    if province.nobody_files:
        lines.append(
            f"Nobody files {', '.join(province.nobody_files)}: the sandbox cannot invent such figures."
        )
    return "\n".join(lines)


def _show(conn: psycopg.Connection, province: Province, outcome: NightOutcome) -> None:
    from kpi_reporting.board import print_board, print_deliveries, print_filings
    from kpi_reporting.cli.findings import print_findings

    print_filings(conn)
    print_findings(conn, None)
    print_board(conn, None)
    print_deliveries(conn)
    if outcome.approval == "none":
        typer.echo("\nThe same night twice changes nothing: nothing published, signed or delivered anew.")
    others = [row[0] for row in conn.execute(_OTHER_INBOXES, (str(province.folder),)).fetchall()]
    if others:
        typer.echo(
            f"\nThis warehouse has also had nights over {', '.join(others)}: what they brought and what the sandbox "
            "invented stand side by side. `make clean` removes both."
        )


def _next_steps(province: Province, outcome: NightOutcome) -> str:
    this, next_one = (_command(province.as_of + timedelta(days=days)) for days in (0, 1))
    red = ", ".join(f"retry_sender [{failure.map_name}]" for failure in outcome.failed_senders)
    return f"""
{INVENTED_EN} Where to look next:
  .venv/bin/kpi-reporting up         Airflow's pages{f"; the red task is {red}" if red else ""}
  .venv/bin/kpi-reporting board      the KPI board again; `findings` for what the checks found
  psql "$(.venv/bin/kpi-reporting dsn --role reporting_reader)"
  .venv/bin/python -m sandbox serve  keep the senders' servers and the national system, beside `up`
The same night again, which changes nothing:  {this}
The night after, which brings late reports and corrections:
  {next_one}"""


def _command(as_of: datetime) -> str:
    return (
        "make demo"
        if as_of == instant(NIGHT)
        else f".venv/bin/python -m sandbox.demo --as-of {as_of.isoformat()}"
    )


if __name__ == "__main__":
    main(app)

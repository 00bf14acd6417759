"""``python -m sandbox make FOLDER`` writes an invented province, ``python -m sandbox serve`` answers for it."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from kpi_reporting.cli import main
from kpi_reporting.cli.instants import instant
from kpi_reporting.collect import SftpEndpoint
from kpi_reporting.errors import KpiReportingError
from kpi_reporting.registry import Registry, load_registry
from kpi_reporting.runtime import airflow, supervisor
from kpi_reporting.runtime.api import AirflowClient
from kpi_reporting.settings import Settings, get_settings
from sandbox import INVENTED_EN, MANIFEST, NIGHT, SEED
from sandbox.national_system import Misbehaviour as NationalMisbehaviour
from sandbox.province import make_province
from sandbox.sender_api import Misbehaviour
from sandbox.servers import Servers, servers

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
_AsOf = Annotated[str, typer.Option(help="Everything filed by this instant is there.")]
_Seed = Annotated[int, typer.Option(help="Another seed invents another province.")]


@app.command()
def make(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder, or one the sandbox made before.")],
    as_of: _AsOf = NIGHT,
    seed: _Seed = SEED,
) -> None:
    """Write the drop folders of an invented province, with a manifest of what is wrong in them."""
    province = make_province(folder.expanduser().absolute(), instant(as_of), seed, registry=_registry())
    typer.echo(f"{len(province.manifest)} files and payloads; {province.folder / MANIFEST} lists them.")
    typer.echo(INVENTED_EN)


@app.command()
def serve(
    as_of: _AsOf = NIGHT,
    seed: _Seed = SEED,
    ports: Annotated[
        tuple[int, int, int], typer.Option(help="Ports of APIs, national system, SFTP; 0 is any.")
    ] = (0, 0, 0),
    misbehave: Annotated[
        list[str] | None,
        typer.Option(help="A sender and what it does, like so-y-te=not_json; none: the usual one hangs."),
    ] = None,
    national: Annotated[
        list[NationalMisbehaviour] | None,
        typer.Option(help="What the national system does with the next packets, one each."),
    ] = None,
) -> None:
    """Keep the senders' APIs, their SFTP server and the national system answering until Ctrl-C.

    While `kpi-reporting up` runs, Airflow is told where they are.
    """
    settings, registry = get_settings(), _registry()
    with TemporaryDirectory() as scratch:
        province = make_province(Path(scratch) / "inbox", instant(as_of), seed, registry=registry)
    wrong = _misbehaving(registry, misbehave) if misbehave else None
    with servers(registry, province, settings.home / "sandbox" / "national", wrong, ports) as answering:
        answering.national.misbehave(*(national or ()))
        _tell(answering)
        with _known_to_airflow(settings, answering):
            threading.Event().wait()


def _registry() -> Registry:
    return load_registry(get_settings().registry_dir)


def _known_to_airflow(settings: Settings, answering: Servers) -> AbstractContextManager[None]:
    if not supervisor.is_up(settings):
        typer.echo("Airflow is not running: `kpi-reporting up` first, if it shall know these addresses.")
        return nullcontext()
    typer.echo("Airflow knows these addresses as long as they answer.")
    password = airflow.password(settings, airflow.ADMIN)
    return answering.known_to(AirflowClient(airflow.url(settings), airflow.ADMIN, password))


def _misbehaving(registry: Registry, wishes: list[str]) -> dict[str, Misbehaviour]:
    locations = {one.source_code: one.location for one in registry.sources if one.kind == "http_api"}
    found = {}
    for wish in wishes:
        sender, _, what = wish.partition("=")
        if sender not in locations or what not in list(Misbehaviour):
            raise KpiReportingError(
                f"--misbehave {wish!r}: write SENDER=WHAT with one of {', '.join(locations)} and one of "
                f"{', '.join(Misbehaviour)}."
            )
        found[locations[sender]] = Misbehaviour(what)
    return found


def _tell(answering: Servers) -> None:
    for name, at in answering.endpoints.items():
        if isinstance(at, SftpEndpoint):
            typer.echo(
                f"{name}: sftp://{at.user}@{at.host}:{at.port} password {at.password} host key {at.host_key}"
            )
        else:
            typer.echo(f"{name}: {at.base_url} token {at.token}")
    typer.echo(f"{INVENTED_EN} Ctrl-C ends it.")


if __name__ == "__main__":
    main(app)

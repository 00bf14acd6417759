"""Where things are on this machine: folders, addresses, secrets.

Everything has a default, so that a fresh checkout runs; environment variables named ``KPI_*`` change them. A
variable may name a file that holds its value: ``KPI_DSN_FILE`` instead of ``KPI_DSN``.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from kpi_reporting.errors import KpiReportingError, WarehouseError

OWNER_ROLE = "kpi"
READER_ROLE = "reporting_reader"
_HOMES_OF_ROOT = Path("/var/lib/kpi-reporting")


@dataclass(frozen=True)
class Settings:
    """``project_dir`` holds contracts/, dags/, dbt_project/ and expectations/; ``home`` all that running leaves behind.

    ``landing`` is an fsspec URL. ``dsn`` names an external PostgreSQL server; None means the embedded one.
    """

    project_dir: Path
    home: Path
    registry_dir: Path
    inbox: Path
    landing: str
    dsn: str | None = None
    answers: str | None = None

    @property
    def answers_url(self) -> str:
        """Where answers to senders are written, one folder per sender."""
        return self.answers or f"file://{self.home}/answers"

    def expectations(self, registry_dir: Path) -> Path:
        """Folder of the suites of a registry: the one beside it, else the project's."""
        beside = registry_dir.parent / "expectations"
        return beside if beside.is_dir() else self.project_dir / "expectations"

    def warehouse_dsn(self, registry_code: str) -> str:
        """Address of a registry's warehouse for its owner.

        Raises:
            WarehouseError: the embedded server has never been started.
        """
        database = f"{OWNER_ROLE}_{registry_code}"
        return self.dsn_of(database)

    def reader_dsn(self, registry_code: str) -> str:
        """Address of a registry's warehouse for the role that sees the schema ``reporting`` and nothing else."""
        return self.dsn_of(f"{OWNER_ROLE}_{registry_code}", READER_ROLE)

    def dsn_of(self, database: str, role: str = OWNER_ROLE) -> str:
        """Address of a database of the server in use, for the owner or another role whose secret we keep."""
        if self.dsn is None:
            return f"postgresql://{role}:{self.secret(f'{role}_password')}@127.0.0.1:{self.port('postgres')}/{database}"
        server = urlsplit(self.dsn)
        who = server.netloc
        if role != OWNER_ROLE:
            who = f"{role}:{quote(self.secret(f'{role}_password'), safe='')}@{who.rpartition('@')[2]}"
        return server._replace(netloc=who, path=f"/{database}").geturl()

    def secret(self, name: str) -> str:
        """Return a secret: ``KPI_<NAME>``, or ``<home>/secrets/<name>``, made up at first use for us alone to read."""
        given = _environment(f"KPI_{name.upper()}")
        if given:
            return given
        path = self.home / "secrets" / name
        try:
            return path.read_text("ascii") if path.exists() else _keep_first(path, secrets.token_urlsafe(48))
        except OSError as error:
            raise home_error(self.home, error) from None

    def port(self, name: str) -> int:
        """Return the port a service of ours was given on this machine.

        Raises:
            WarehouseError: the service has never been started here.
        """
        try:
            return int((self.home / "ports" / name).read_text("ascii"))
        except (FileNotFoundError, ValueError):
            message = (
                f"Nothing has been started below {self.home} yet: run `kpi-reporting up` or a night first."
            )
            raise WarehouseError(message) from None

    def variables(self) -> dict[str, str]:
        """The same settings as environment variables, for a process that shall see what this one sees."""
        named = {
            "KPI_PROJECT": str(self.project_dir),
            "KPI_HOME": str(self.home),
            "KPI_REGISTRY": str(self.registry_dir),
            "KPI_INBOX": str(self.inbox),
            "KPI_LANDING": self.landing,
        }
        given = {"KPI_DSN": self.dsn, "KPI_ANSWERS": self.answers}
        return named | {name: value for name, value in given.items() if value}


def get_settings() -> Settings:
    """Read the settings of this machine from the environment."""
    project = _folder("KPI_PROJECT", Path(__file__).parents[2])
    home = _folder("KPI_HOME", _default_home(project))
    return Settings(
        project_dir=project,
        home=home,
        registry_dir=_folder("KPI_REGISTRY", project / "dbt_project" / "seeds" / "thanh_hoa"),
        inbox=_folder("KPI_INBOX", home / "inbox"),
        landing=_environment("KPI_LANDING") or f"file://{home}/landing",
        dsn=_environment("KPI_DSN"),
        answers=_environment("KPI_ANSWERS"),
    )


def home_error(home: Path, error: OSError) -> KpiReportingError:
    """Say in one sentence why the home folder cannot be used."""
    return KpiReportingError(
        f"Cannot write below {home}: {error.strerror or error}. "
        "Free some space or give another folder with KPI_HOME=/path/to/folder."
    )


def _default_home(project: Path) -> Path:
    # PostgreSQL refuses to run as root, and the account it runs as instead may not reach root's own folders.
    if os.geteuid() != 0:
        return project / ".kpi"
    return _HOMES_OF_ROOT / f"{project.name}-{hashlib.sha256(str(project).encode()).hexdigest()[:8]}"


def _environment(name: str) -> str | None:
    if value := os.environ.get(name):
        return value
    if not (file := os.environ.get(f"{name}_FILE")):
        return None
    try:
        return Path(file).read_text("utf-8").strip()
    except OSError as error:
        raise KpiReportingError(
            f"{name}_FILE names {file}, which cannot be read: {error.strerror}."
        ) from None


def _folder(name: str, default: Path) -> Path:
    return Path(_environment(name) or default).expanduser().absolute()


def _keep_first(path: Path, value: str) -> str:
    """Store the value unless another process was first; return what is stored."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(value, "ascii")
    try:
        os.link(draft, path)
    except FileExistsError:
        return path.read_text("ascii")
    finally:
        draft.unlink()
    return value

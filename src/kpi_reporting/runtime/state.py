"""What the keeper of the services tells about itself, and where it does so."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from kpi_reporting.whole_files import write_whole


@dataclass(frozen=True)
class KeeperState:
    """``state`` is ``starting``, ``ready``, ``stopping``, ``stopped`` or ``failed``; ``step`` says at what."""

    state: str
    step: str = ""
    message: str = ""
    pid: int = 0  # of the keeper, once it lives


@dataclass(frozen=True)
class Places:
    """Files of the keeper below a home folder."""

    home: Path

    @property
    def keeper_lock(self) -> Path:
        """Held by the keeper as long as it lives."""
        return self.home / "run" / "keeper.lock"

    @property
    def users_lock(self) -> Path:
        """Shared by everybody who uses the services."""
        return self.home / "run" / "services.users.lock"

    @property
    def state(self) -> Path:
        """The keeper's state, as JSON."""
        return self.home / "run" / "keeper.json"

    @property
    def stay(self) -> Path:
        """There while the services shall stay without a user."""
        return self.home / "run" / "stay"

    def log(self, name: str) -> Path:
        """Return the log of a service; its folder exists."""
        folder = self.home / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.log"


def write_state(places: Places, state: KeeperState) -> None:
    """Replace the keeper's state at once, so that a reader never sees half of it."""
    write_whole(places.state, json.dumps(asdict(state)))


def read_state(places: Places) -> KeeperState:
    """Return what the keeper told last."""
    try:
        return KeeperState(**json.loads(places.state.read_text("utf-8")))
    except FileNotFoundError:
        return KeeperState("stopped")

"""Whether Airflow's services are ready, as its API tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import requests

_BEATS = {"scheduler": "latest_scheduler_heartbeat", "dag_processor": "latest_dag_processor_heartbeat"}


@dataclass(frozen=True)
class Health:
    """``began`` (seconds since the epoch) tells heartbeats of these services from those of an earlier start."""

    url: str
    began: float

    def missing(self) -> list[str]:
        """Return the services that are not ready, in the order they are needed."""
        try:
            answer = requests.get(f"{self.url}/api/v2/monitor/health", timeout=5)
            answer.raise_for_status()
        except requests.RequestException:
            return ["api-server"]
        told = answer.json()
        return [
            name.replace("_", "-") for name, beat in _BEATS.items() if not self._beats(told.get(name), beat)
        ]

    def _beats(self, told: dict[str, str | None] | None, beat: str) -> bool:
        last = (told or {}).get(beat)
        return bool(last) and datetime.fromisoformat(str(last)).timestamp() >= self.began

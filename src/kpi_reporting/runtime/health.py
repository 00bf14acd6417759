"""Whether Airflow's services are ready, as its API tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import psutil
import requests

_BEATS = {"scheduler": "latest_scheduler_heartbeat", "dag_processor": "latest_dag_processor_heartbeat"}


@dataclass(frozen=True)
class Health:
    """``began`` (seconds since the epoch) tells heartbeats of these services from those of an earlier start.

    ``api_server`` is the process id of the server that has to answer: another checkout's may have the port.
    """

    url: str
    began: float
    api_server: int

    def missing(self) -> list[str]:
        """Return the services that are not ready, in the order they are needed."""
        if not self._listens():
            return ["api-server"]
        try:
            answer = requests.get(f"{self.url}/api/v2/monitor/health", timeout=5)
            answer.raise_for_status()
        except requests.RequestException:
            return ["api-server"]
        told = answer.json()
        return [
            name.replace("_", "-") for name, beat in _BEATS.items() if not self._beats(told.get(name), beat)
        ]

    def _listens(self) -> bool:
        port = urlsplit(self.url).port
        try:
            server = psutil.Process(self.api_server)
            family = [server, *server.children(recursive=True)]
            sockets = [one for process in family for one in process.net_connections("tcp")]
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False
        return any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in sockets)

    def _beats(self, told: dict[str, str | None] | None, beat: str) -> bool:
        last = (told or {}).get(beat)
        return bool(last) and datetime.fromisoformat(str(last)).timestamp() >= self.began

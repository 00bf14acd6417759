"""What a process leaves that is killed while it reads."""

from __future__ import annotations

import io
from typing import Any


class Killed(io.BytesIO):
    """Bytes of which the first is read, and then the process is killed."""

    def read(self, *_: Any) -> bytes:
        if self.tell():
            raise KeyboardInterrupt
        return super().read(1)

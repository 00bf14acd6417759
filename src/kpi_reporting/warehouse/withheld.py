"""What stands in the ledger for the place of a filing of which nothing may be told."""

from __future__ import annotations

import hashlib


def withheld_origin(location: str, origin: str) -> str:
    """Return what stands for a place in a source; the same for the same place, so that it is known again."""
    return f"{location}/withheld-{hashlib.sha256(origin.encode()).hexdigest()}"

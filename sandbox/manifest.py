"""What a sandbox province holds, and what a night has to make of each piece."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime

from sandbox import INVENTED_VI


@dataclass(frozen=True)
class Entry:
    """One file or payload, and what is expected of it.

    ``origin`` is where its source keeps it, as the ledger writes it. ``state`` is the last state a night with the
    province's ``as_of`` gives it; None means that it never gets into the ledger (a lock file, a sender that does not
    answer). ``rules`` are the findings about it, without doubles, sorted. An archive of several reports is of no form
    itself; each report in it has an entry of its own.
    """

    origin: str
    source_code: str
    unit_code: str
    form_code: str
    period_code: str
    particular: str
    received_at: datetime
    sha256: str
    state: str | None
    rules: tuple[str, ...] = ()

    @property
    def is_archive(self) -> bool:
        """Tell whether this is the wrapping of reports and none itself."""
        return not self.form_code


def settled(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries in order, with each accepted one superseded by a later accepted one of its obligation."""
    ordered = sorted(entries, key=lambda entry: entry.origin)
    accepted: dict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    for entry in ordered:
        if entry.state == "accepted":
            accepted[entry.unit_code, entry.form_code, entry.period_code].append(entry)
    in_force = {max(group, key=lambda one: (one.received_at, one.sha256)) for group in accepted.values()}
    return tuple(
        replace(entry, state="superseded") if entry.state == "accepted" and entry not in in_force else entry
        for entry in ordered
    )


def as_csv(entries: Sequence[Entry]) -> bytes:
    """Return the manifest as a file for people; the first line says what all this is."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([INVENTED_VI])
    writer.writerow([column.name for column in fields(Entry)])
    for entry in entries:
        row = {**asdict(entry), "received_at": entry.received_at.isoformat(), "rules": " ".join(entry.rules)}
        writer.writerow(["" if cell is None else cell for cell in row.values()])
    return text.getvalue().encode("utf-8-sig")

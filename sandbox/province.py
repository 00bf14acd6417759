"""A province's submissions, invented: what lies in the drop folders, what senders' APIs and SFTP servers hand out.

Who owes what comes from the registry. The same registry, seed and ``as_of`` give the same bytes; a later ``as_of`` adds
to them.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.registry import Registry
from sandbox import INVENTED_EN, INVENTED_VI, MANIFEST, SEED
from sandbox.drafts import can_be_filled
from sandbox.listing import Deletion, Item, SentFile
from sandbox.maker import FOLDERS, Maker
from sandbox.manifest import Entry, as_csv, settled
from sandbox.obligations import Obligation, obligations
from sandbox.sendings import IN_TIME, sendings, standing_out

SIGN = "SANDBOX.txt"


@dataclass(frozen=True)
class Province:
    """What was invented.

    ``deliveries`` are the items of each API by its source's location, ``deletions`` what it took back; ``sent_files``
    are the files of each SFTP source by its location; ``silent`` are the locations of APIs that hang. ``manifest``
    says what a night at ``as_of`` has to make of every file and item; ``missing`` is owed by then and not filed.
    ``nobody_files`` are forms of the registry there are no invented figures for.
    """

    folder: Path
    as_of: datetime
    seed: int
    manifest: tuple[Entry, ...]
    deliveries: Mapping[str, tuple[Item, ...]]
    deletions: Mapping[str, tuple[Deletion, ...]]
    sent_files: Mapping[str, tuple[SentFile, ...]]
    silent: frozenset[str]
    missing: tuple[Obligation, ...]
    nobody_files: tuple[str, ...]


def make_province(folder: Path, as_of: datetime, seed: int = SEED, *, registry: Registry) -> Province:
    """Invent everything filed by ``as_of`` (aware) and write the drop folders, received when it was sent.

    Of the senders with an API the last one of the registry hangs. The folder is made anew; one that was not made by
    the sandbox is left alone.

    Raises:
        KpiReportingError: the folder holds something else or cannot be written, or the registry has no source a unit
            could use.
    """
    try:
        return _made(folder, as_of, seed, registry)
    except OSError as error:
        raise KpiReportingError(
            f"Cannot write below {folder}: {error.strerror}. Free some space or give another folder."
        ) from None


def _made(folder: Path, as_of: datetime, seed: int, registry: Registry) -> Province:
    _clear(folder)
    maker = Maker(registry, folder, as_of, seed)
    owed = obligations(registry, as_of)
    known = [one for one in owed if can_be_filled(registry, one.form.form_code)]
    out_of_reach = {str(source.unit_code) for source in maker.silent}
    particulars = standing_out(registry, seed, known, out_of_reach, maker.without_files)
    made = [
        maker.made(sending)
        for one in known
        for sending in sendings(registry, seed, one, particulars.get(one, IN_TIME))
        if sending.received_at <= as_of
    ]
    manifest = settled([*made, *maker.archives()])
    (folder / MANIFEST).write_bytes(as_csv(manifest))
    filed = {
        (entry.unit_code, entry.form_code, entry.period_code) for entry in manifest if not entry.is_archive
    }
    return Province(
        folder=folder,
        as_of=as_of,
        seed=seed,
        manifest=manifest,
        deliveries=maker.deliveries(),
        deletions=maker.deletions(),
        sent_files=maker.sent_files(),
        silent=frozenset(source.location for source in maker.silent),
        missing=tuple(one for one in known if _key(one) not in filed),
        nobody_files=tuple(
            sorted({one.form.form_code for one in owed} - {one.form.form_code for one in known})
        ),
    )


def _key(owed: Obligation) -> tuple[str, str, str]:
    return owed.unit.code, owed.form.form_code, owed.period.code


def _clear(folder: Path) -> None:
    if folder.exists() and not (folder / SIGN).exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise KpiReportingError(
            f"{folder} holds something the sandbox did not make: give an empty or a new folder."
        )
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / SIGN).write_text(f"{INVENTED_VI}\n{INVENTED_EN}\nThis folder may be deleted.\n", "utf-8")
    for name in FOLDERS:
        (folder / name).mkdir()

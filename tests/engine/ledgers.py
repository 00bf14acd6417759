"""Random ledgers: who filed what for which period, when it was received, in which night it lay in the inbox, and what
was taken back between two nights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from tests.engine.facts import Period
from tests.engine.formulas import Row
from tests.engine.worlds import FIELDS, KINDS, LIST, MERGED, Registry, registry_of

NIGHTS = tuple(
    datetime.fromisoformat(f"{day}T01:00:00+07:00") for day in ("2025-02-20", "2025-07-25", "2025-10-20")
)
YEARS = (2024, 2025)
FIRST_FILED = date(2024, 5, 15)
LAST_FILED = date(2025, 9, 14)

_TAKEN_BACK = 0.15
_LENGTHS = {
    "month": ("M", 1),
    "quarter": ("Q", 3),
    "half": ("H", 6),
    "nine_month": ("N", 9),
    "year": ("Y", 12),
}
_COUNTS = {"month": 12, "quarter": 4, "half": 2, "nine_month": 1, "year": 1}


@dataclass(frozen=True)
class Filing:
    """A file: per unit it speaks for the figures by field; ``seen`` is the first night it lay in the inbox.

    ``taken_back`` is the night after which its sender withdrew it.
    """

    number: int
    form_code: str
    sender_code: str
    period: Period
    received_at: datetime
    seen: int
    is_nil: bool
    content: dict[str, dict[str, str]]
    taken_back: int | None = None

    @property
    def subject(self) -> tuple[str, str, Period]:
        """What it is filed for: form, sender and period."""
        return self.form_code, self.sender_code, self.period

    @property
    def name(self) -> str:
        return f"{self.number:04d}.csv"


def province(seed: int) -> tuple[Registry, list[Filing]]:
    """Return the registry and the filings of a province; a seed always gives the same one."""
    random = Random(seed)
    registry = registry_of(seed, random)
    return registry, _with_withdrawals(random, ledger_of(random, registry))


def last_words(filings: Iterable[Filing]) -> list[Filing]:
    """Return the last received filing per sender, form and period, whether it was withdrawn or not."""
    by_time = sorted(filings, key=lambda filing: filing.received_at)
    return list({one.subject: one for one in by_time}.values())


def what_is_said(filings: Iterable[Filing]) -> list[Filing]:
    """Return each filing with what no later one says, withdrawn ones too, without those of which nothing is left."""
    return [one for said in _by_subject(filings) for one in _what_is_left(said)]


def _by_subject(filings: Iterable[Filing]) -> Iterable[list[Filing]]:
    known: dict[tuple[str, str, Period], list[Filing]] = {}
    for filing in sorted(filings, key=lambda filing: filing.received_at):
        known.setdefault(filing.subject, []).append(filing)
    return known.values()


def _what_is_left(said: Sequence[Filing]) -> list[Filing]:
    """Of a form filed in parts a later filing says what it names; a nil one, as any of another form, everything."""
    left, named = (
        [said[-1]],
        {(unit, field) for unit, figures in said[-1].content.items() for field in figures},
    )
    for filing in reversed(said[:-1]):
        if left[-1].is_nil or filing.is_nil or filing.form_code not in MERGED:
            break
        content = {
            unit: {field: figure for field, figure in figures.items() if (unit, field) not in named}
            for unit, figures in filing.content.items()
        }
        if any(content.values()):
            left.append(replace(filing, content=content))
        named |= {(unit, field) for unit, figures in content.items() for field in figures}
    return left


def without_what_was_taken_back(filings: Iterable[Filing]) -> list[Filing]:
    """Leave out what was withdrawn and replaced since, with all before it of which nothing was left; what still says
    something stays, to be withdrawn."""
    return [filing for said in _by_subject(filings) for filing in _without(said)]


def _without(said: list[Filing]) -> list[Filing]:
    left = {filing.number: filing for filing in _what_is_left(said)}
    standing = {number for number, filing in left.items() if filing.taken_back is None}
    for one in [filing for filing in said if filing.taken_back is not None and filing.number not in left]:
        before = [filing for filing in said if filing.received_at < one.received_at]
        gone = [one] if any(filing.number in standing for filing in before) else [*before, one]
        said = [filing for filing in said if filing not in gone]
    return said


def _with_withdrawals(random: Random, filings: list[Filing]) -> list[Filing]:
    """Let some senders take back what is in force after a night; what they replaced before stays replaced."""
    known = {filing.number: filing for filing in filings}
    for place in range(len(NIGHTS) - 1):
        for one in last_words(filing for filing in known.values() if filing.seen <= place):
            if one.taken_back is None and random.random() < _TAKEN_BACK:
                known[one.number] = replace(one, taken_back=place)
    return list(known.values())


def all_periods() -> list[Period]:
    """Return the periods of the administrative calendar: month M of a year begins on the 15th of the month before."""
    return [_period(kind, year, n) for year in YEARS for kind in _LENGTHS for n in range(_COUNTS[kind])]


def _period(kind: str, year: int, place: int) -> Period:
    letter, months = _LENGTHS[kind]
    first, after = _fifteenth(year, place * months), _fifteenth(year, (place + 1) * months)
    number = {"month": f"{place + 1:02d}", "nine_month": "9", "year": ""}.get(kind, str(place + 1))
    return Period("administrative", f"{year}-{letter}{number}", kind, year, first, after - timedelta(days=1))


def _fifteenth(year: int, months: int) -> date:
    count = (year - 1) * 12 + 11 + months
    return date(count // 12, count % 12 + 1, 15)


def ledger_of(random: Random, registry: Registry) -> list[Filing]:
    """Return every filing, corrections included, in the order of their numbers."""
    filings: list[Filing] = []
    for form_code in KINDS:
        for period in _filed_periods(form_code):
            if random.random() < 0.03:
                continue
            for sender in _senders(random, registry, form_code, period):
                filings += _versions(random, registry, (form_code, sender, period), len(filings))
    return filings


def _filed_periods(form_code: str) -> list[Period]:
    last = date(2025, 6, 30) if form_code == "T-01" else LAST_FILED
    return [
        one
        for one in all_periods()
        if one.kind == KINDS[form_code] and one.first_day >= FIRST_FILED and one.last_day <= last
    ]


def units_on(registry: Registry, day: date) -> list[Row]:
    """Return the units that exist on a day."""
    return [row for row in registry["units"] if holds_on(row, day)]


def holds_on(row: Row, day: date) -> bool:
    """Tell whether a row of the registry holds on a day."""
    return row["valid_from"] <= day.isoformat() <= (row["valid_to"] or "9999-12-31")


def owners(registry: Registry, form_code: str, period: Period) -> list[Row]:
    """Return the units that have an obligation to file a form for a period."""
    demands = [
        row
        for row in registry["obligations"]
        if row["form_code"] == form_code and holds_on(row, period.last_day)
    ]
    return [
        unit
        for unit in units_on(registry, period.last_day)
        if any(row["unit_kind"] == unit["kind"] and row["unit_code"] in ("", unit["code"]) for row in demands)
    ]


def spoken_for(registry: Registry, form_code: str, sender: Row, period: Period) -> list[Row]:
    """Return the units a filing is about: the sender, or the units directly below it."""
    if form_code in LIST:
        return [sender]
    return [row for row in units_on(registry, period.last_day) if row["parent_id"] == sender["unit_id"]]


def _senders(random: Random, registry: Registry, form_code: str, period: Period) -> Iterator[Row]:
    """Yield most of those who owe and, of the forms without units, a few who do not."""
    owing = owners(registry, form_code, period)
    for unit in units_on(registry, period.last_day):
        if random.random() < (0.9 if unit in owing else 0.07 if form_code in LIST else 0):
            yield unit


def _versions(
    random: Random, registry: Registry, subject: tuple[str, Row, Period], number: int
) -> Iterator[Filing]:
    """Yield a filing and its corrections, each received later than the one before."""
    received_at = datetime.combine(subject[2].last_day, datetime.min.time(), UTC)
    for version in range(random.choice([1] * 6 + [2, 2, 3])):
        # Every instant is another one: the number of the filing makes its second.
        received_at += timedelta(days=random.choice([2, 2, 3, 9, 40]))
        instant = received_at + timedelta(seconds=number + version)
        if subject[1]["valid_to"] and instant.date().isoformat() > subject[1]["valid_to"]:
            return  # who may file for a closed unit is another matter than what its figures are
        nights = [place for place, night in enumerate(NIGHTS) if night > instant]
        if not nights:
            return
        filing = _filing(random, registry, subject, number + version)
        yield replace(filing, received_at=instant, seen=random.choice([nights[0], *nights]))


def _filing(random: Random, registry: Registry, subject: tuple[str, Row, Period], number: int) -> Filing:
    form_code, sender, period = subject
    units = spoken_for(registry, form_code, sender, period)
    is_nil = random.random() < 0.1
    named = random.sample(units, random.choice([len(units)] * 4 + list(range(1, len(units) + 1))))
    content = {} if is_nil else {unit["code"]: _figures(random, form_code) for unit in named}
    return Filing(number, form_code, sender["code"], period, NIGHTS[-1], 0, is_nil, content)


def _figures(random: Random, form_code: str) -> dict[str, str]:
    """Return a whole answer, one with gaps, or zeros; never nothing, since an empty form is refused."""
    names = [name for name, *_ in FIELDS[form_code]]
    temper = random.random()
    blanks = random.sample(names, random.randint(1, len(names) - 1)) if temper < 0.15 else []
    return {name: "0" if temper > 0.95 else _number(random) for name in names if name not in blanks}


def _number(random: Random) -> str:
    few: Sequence[str] = ("0", "1", "2", "3", "4", "5", "7", "10", "12", "2.5", "0.25", "1.125", "-3")
    return random.choice([*few, str(random.randint(0, 400)), "1000000.01"])

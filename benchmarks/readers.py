"""Readers that ask at a steady rate, each in a process of its own, while something else happens."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection

import psycopg

from benchmarks.questions import Question
from benchmarks.schedule import Answer, Schedule, staggered

_WARM_UP_SECONDS = 3.0


@contextmanager
def reading(dsn: str, questions: Sequence[Question], readers: int, interval: float) -> Iterator[list[Answer]]:
    """Have readers ask inside the block; the list is filled with their answers when it ends."""
    processes = multiprocessing.get_context("spawn")
    answers, ours = list[Answer](), list[Connection]()
    running = []
    for n in range(readers):
        our_end, their_end = processes.Pipe()
        # Each begins with another question, so that a moment is seen through different ones.
        turned = [*questions[n:], *questions[:n]]
        running.append(processes.Process(target=_read, args=(dsn, turned, their_end), daemon=True))
        running[-1].start()
        their_end.close()
        ours.append(our_end)
    try:
        _begin(ours, interval)
        yield answers
    finally:
        for our_end in ours:
            our_end.send("enough")
        for process, our_end in zip(running, ours, strict=True):
            answers += our_end.recv()
            process.join()


def _begin(readers: Sequence[Connection], interval: float) -> None:
    """Wait until all are connected, then let them ask for a while before anything is measured."""
    for reader in readers:
        reader.recv()
    for reader, schedule in zip(readers, staggered(time.monotonic(), interval, len(readers)), strict=True):
        reader.send(schedule)
    time.sleep(_WARM_UP_SECONDS)


def _read(dsn: str, questions: Sequence[Question], told: Connection) -> None:
    """Ask until there is word to stop, or nobody left who could give it."""
    answers = list[Answer]()
    with psycopg.connect(dsn, autocommit=True, application_name="reader") as conn:
        told.send("connected")
        schedule: Schedule = told.recv()
        while not told.poll():
            due = schedule.due(len(answers))
            time.sleep(max(due - time.monotonic(), 0))
            question = questions[len(answers) % len(questions)]
            fault = _ask(conn, question)
            answers.append(Answer(question.name, due, time.monotonic(), fault))
    with suppress(BrokenPipeError):
        told.send(answers)


def _ask(conn: psycopg.Connection, question: Question) -> str | None:
    try:
        return question.fault(conn.execute(question.query, question.values).fetchall())
    except psycopg.Error as error:
        return f"error: {error}"

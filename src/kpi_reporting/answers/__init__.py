"""The answer to the sender: what became of a filing, what is wrong in which cell, and what to do."""

from kpi_reporting.answers.answering import AnswerSummary, answer_night, answer_submission

__all__ = ["AnswerSummary", "answer_night", "answer_submission"]

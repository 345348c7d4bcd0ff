"""Summaries for briefs: at most two sentences from what a run believes, by a plain template or a checked model."""

from .asking import Subject, checked_summary, request_of, written_summaries
from .checking import faults_of
from .collecting import LedgerRows, facts_of
from .fact import STAGE_SUBJECT, Fact
from .plain_template import plain_summary
from .summary import Rejected, Sentence, Summary
from .vocabulary import Vocabulary

__all__ = [
    "STAGE_SUBJECT",
    "Fact",
    "LedgerRows",
    "Rejected",
    "Sentence",
    "Subject",
    "Summary",
    "Vocabulary",
    "checked_summary",
    "facts_of",
    "faults_of",
    "plain_summary",
    "request_of",
    "written_summaries",
]

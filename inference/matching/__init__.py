"""Physician → modules: eligibility first, then what answers the needs, each answer with its reasons."""

from .answer import AddressedNeed, Answer, Approval, Evidence, MatchedModule, Refusal
from .consent import ConsentLedger
from .eligibility import REASONS, Eligibility, EligibilityRules, FatigueRule, Physician, Reason
from .matcher import ContentMatcher, MatchSettings
from .needs import Need, needs_of
from .physicians import MatchTables
from .rendering import CSV_COLUMNS, csv_rows, render
from .scoring import ScoreWeights

__all__ = [
    "CSV_COLUMNS",
    "REASONS",
    "AddressedNeed",
    "Answer",
    "Approval",
    "ConsentLedger",
    "ContentMatcher",
    "Eligibility",
    "EligibilityRules",
    "Evidence",
    "FatigueRule",
    "MatchSettings",
    "MatchTables",
    "MatchedModule",
    "Need",
    "Physician",
    "Reason",
    "Refusal",
    "ScoreWeights",
    "csv_rows",
    "needs_of",
    "render",
]

"""Physician → modules: eligibility first, then what answers the needs, each answer with its reasons."""

from .answer import AddressedNeed, Answer, Approval, Evidence, MatchedModule, Refusal
from .consent import ConsentLedger
from .decisions import Candidate, Decision
from .eligibility import REASONS, Eligibility, EligibilityRules, Physician, Reason
from .eligibility_settings import EligibilitySettings, FrequencyCap
from .frequency import Contact
from .matcher import ContentMatcher, MatchSettings
from .needs import Need, needs_of
from .physicians import MatchTables
from .policy import EpsilonGreedy, Greedy, Policy, Softmax, Thompson
from .rendering import CSV_COLUMNS, csv_rows, render
from .scoring import ScoreWeights

__all__ = [
    "CSV_COLUMNS",
    "REASONS",
    "AddressedNeed",
    "Answer",
    "Approval",
    "Candidate",
    "ConsentLedger",
    "Contact",
    "ContentMatcher",
    "Decision",
    "Eligibility",
    "EligibilityRules",
    "EligibilitySettings",
    "EpsilonGreedy",
    "Evidence",
    "FrequencyCap",
    "Greedy",
    "MatchSettings",
    "MatchTables",
    "MatchedModule",
    "Need",
    "Physician",
    "Policy",
    "Reason",
    "Refusal",
    "ScoreWeights",
    "Softmax",
    "Thompson",
    "csv_rows",
    "needs_of",
    "render",
]

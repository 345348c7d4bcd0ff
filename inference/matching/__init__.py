"""Physician → modules: eligibility first, then what answers the needs, each answer with its reasons."""

from .answer import Answer, Approval, MatchedModule, Refusal
from .consent import ConsentLedger
from .decisions import Candidate, Decision
from .eligibility import Eligibility, EligibilityRules, Physician
from .eligibility_settings import EligibilitySettings, FrequencyCap
from .evidence import Evidence
from .frequency import Contact
from .match_settings import MatchSettings
from .matcher import ContentMatcher
from .module_rules import REASONS, Reason
from .module_topics import modules_learned_from, read_catalogue_topics
from .needs import Need
from .physicians import MatchTables
from .policy import EpsilonGreedy, Greedy, Policy, Softmax, Thompson
from .ranking_settings import RankingSettings
from .rendering import APPROVED_COLUMNS, CSV_COLUMNS, csv_rows, render
from .scoring import ScoreWeights

__all__ = [
    "APPROVED_COLUMNS",
    "CSV_COLUMNS",
    "REASONS",
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
    "RankingSettings",
    "Reason",
    "Refusal",
    "ScoreWeights",
    "Softmax",
    "Thompson",
    "csv_rows",
    "modules_learned_from",
    "read_catalogue_topics",
    "render",
]

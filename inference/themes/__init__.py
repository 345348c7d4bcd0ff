"""What physicians say that no topic of the taxonomy takes up: clauses, clustered and named by their own words."""

from .attitude import Attitude, LabelledClauses, fit_attitude
from .finding import ThemeLimits, find_themes
from .open_clauses import Clauses, OpenClause, clauses_of
from .proposal import proposed_taxonomy, taxonomy_yaml
from .proposed_names import NamedThemes, with_proposed_names
from .theme import COLUMNS, PROPOSED_COLUMNS, ProposedName, Theme

__all__ = [
    "COLUMNS",
    "PROPOSED_COLUMNS",
    "Attitude",
    "Clauses",
    "LabelledClauses",
    "NamedThemes",
    "OpenClause",
    "ProposedName",
    "Theme",
    "ThemeLimits",
    "clauses_of",
    "find_themes",
    "fit_attitude",
    "proposed_taxonomy",
    "taxonomy_yaml",
    "with_proposed_names",
]

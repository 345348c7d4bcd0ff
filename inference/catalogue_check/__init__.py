"""Everything that is wrong with a catalogue, by module."""

from .check_page import check_page, summary
from .checking import CatalogueCheck, check_catalogue
from .problems import CODES, COLUMNS, Problem

__all__ = ["CODES", "COLUMNS", "CatalogueCheck", "Problem", "check_catalogue", "check_page", "summary"]

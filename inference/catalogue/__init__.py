"""The catalogue as a whole: everything that is wrong with it, and publishing it with its vectors."""

from .check_page import check_page, summary
from .checking import CatalogueCheck, check_catalogue
from .folder import CatalogueFolder, CatalogueManifest, is_catalogue_folder
from .indexing import IndexReport, index_catalogue, open_catalogue, read_catalogue
from .problems import CODES, COLUMNS, Problem

__all__ = [
    "CODES",
    "COLUMNS",
    "CatalogueCheck",
    "CatalogueFolder",
    "CatalogueManifest",
    "IndexReport",
    "Problem",
    "check_catalogue",
    "check_page",
    "index_catalogue",
    "is_catalogue_folder",
    "open_catalogue",
    "read_catalogue",
    "summary",
]

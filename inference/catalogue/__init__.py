"""The catalogue as it is kept: read, embedded once, published with its vectors."""

from .folder import CatalogueFolder, CatalogueManifest, is_catalogue_folder
from .indexing import IndexReport, index_catalogue, open_catalogue, read_catalogue

__all__ = [
    "CatalogueFolder",
    "CatalogueManifest",
    "IndexReport",
    "index_catalogue",
    "is_catalogue_folder",
    "open_catalogue",
    "read_catalogue",
]

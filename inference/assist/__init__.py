"""Language models beside the insight model: what they say of a note, held to the note's own words."""

from .adjudication import Adjudicated, Adjudicator
from .assisted_annotator import AssistedAnnotator
from .candidates import Candidate, uncertain
from .combination import Combination, FittedFor, Weights
from .extraction import Extracted, Extractor
from .fitting import fit_combination
from .grounding import Place, locate
from .tally import Tally

__all__ = [
    "Adjudicated",
    "Adjudicator",
    "AssistedAnnotator",
    "Candidate",
    "Combination",
    "Extracted",
    "Extractor",
    "FittedFor",
    "Place",
    "Tally",
    "Weights",
    "fit_combination",
    "locate",
    "uncertain",
]

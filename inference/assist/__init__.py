"""Language models beside the insight model: what they say of a note, held to the note's own words."""

from .grounding import Place, locate

__all__ = ["Place", "locate"]

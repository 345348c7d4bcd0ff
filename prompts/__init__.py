"""What models are asked: the taxonomy of topics."""

from .taxonomy import POLARITIES, Examples, Polarity, Taxonomy, Topic

__all__ = ["POLARITIES", "Examples", "Polarity", "Taxonomy", "Topic"]

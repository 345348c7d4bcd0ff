"""Texts → labels with the words that show them: a fine-tuned transformer that reads a whole text at once."""

from .claims import Claims
from .examples import TaggedSpan, TaggedText, TagScheme
from .options import TagOptions
from .tagger import ROWS, Tags, WindowTagger, tag
from .tagger_file import TrainedTagger, load_tagger, save_tagger, with_claims

__all__ = [
    "ROWS",
    "Claims",
    "TagOptions",
    "TagScheme",
    "TaggedSpan",
    "TaggedText",
    "Tags",
    "TrainedTagger",
    "WindowTagger",
    "load_tagger",
    "save_tagger",
    "tag",
    "with_claims",
]

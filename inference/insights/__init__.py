"""One text → grounded statements: topic, polarity, status, holder, probability, exact span."""

from .annotator import Annotator, safety_annotation
from .further_training import train_further
from .gold import GoldNote, read_gold
from .label_heads import LabelHeads
from .label_tagger import LabelTagger
from .labelled_text import LabelledText, read_labelled
from .labelling import LabelModel, is_label_model, load_label_model, train_labels
from .model import InsightModel
from .picklists import PicklistReader
from .stage import annotate_notes, note_insights, survey_insights
from .statement import Annotation, ChannelStatement, Evidence, Flag, Statement
from .statements_file import read_statements
from .tables import InsightTables, insight_tables
from .training import train_insights

__all__ = [
    "Annotation",
    "Annotator",
    "ChannelStatement",
    "Evidence",
    "Flag",
    "GoldNote",
    "InsightModel",
    "InsightTables",
    "LabelHeads",
    "LabelModel",
    "LabelTagger",
    "LabelledText",
    "PicklistReader",
    "Statement",
    "annotate_notes",
    "insight_tables",
    "is_label_model",
    "load_label_model",
    "note_insights",
    "read_gold",
    "read_labelled",
    "read_statements",
    "safety_annotation",
    "survey_insights",
    "train_further",
    "train_insights",
    "train_labels",
]

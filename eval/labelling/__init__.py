"""Labelling: which notes to label, Label Studio's files both ways, and how far annotators agree."""

from ..sampling_strategy import Strategy
from .agreement import Agreement, measure_agreement
from .agreement_page import agreement_json, agreement_page
from .annotators import SharedNote, SharedNotes, read_shared_notes, shared_notes
from .disagreements import Disagreement, find_disagreements, write_disagreements
from .label_scheme import LabelScheme
from .label_studio_config import labelling_config
from .label_studio_export import ExportedLabels, read_export, write_labels
from .label_studio_tasks import config_beside, labelling_task, write_tasks
from .labelled_notes import LabelledNote, read_labelled_notes
from .picking import Candidate, Pick, pick_notes
from .region_results import region_results
from .sampling import SampleReport, SamplingPlan, sample_file

__all__ = [
    "Agreement",
    "Candidate",
    "Disagreement",
    "ExportedLabels",
    "LabelScheme",
    "LabelledNote",
    "Pick",
    "SampleReport",
    "SamplingPlan",
    "SharedNote",
    "SharedNotes",
    "Strategy",
    "agreement_json",
    "agreement_page",
    "config_beside",
    "find_disagreements",
    "labelling_config",
    "labelling_task",
    "measure_agreement",
    "pick_notes",
    "read_export",
    "read_labelled_notes",
    "read_shared_notes",
    "region_results",
    "sample_file",
    "shared_notes",
    "write_disagreements",
    "write_labels",
    "write_tasks",
]

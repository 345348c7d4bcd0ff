"""Readers of what is measured on: our gold and public formats."""

from __future__ import annotations

from .bandit_log import BanditLog, read_bandit_log
from .bandit_log_files import bandit_log_files
from .beir import BeirFolder, is_beir_folder, read_beir
from .drawn_notes import DrawnNotes, drawn_notes, sample_notices
from .experiment_table import ExperimentTable, read_experiment_table
from .labelled_notes import NoteFiles, first_place, places, read_note_files
from .multilabel import LabelFiles, read_label_file, read_label_files
from .pii_spans import PersonalDataFiles, PersonalDataSpan, PersonalDataText, read_personal_data
from .splits import Fold, group_folds, group_of
from .text_columns import TextColumns, read_text_columns
from .timeline_gold import GoldProfile, SurveyStatement
from .timeline_tables import canonical_table
from .timelines import Timelines, is_timelines_folder, read_timelines, stripped_modules, stripped_tables

__all__ = [
    "BanditLog",
    "BeirFolder",
    "DrawnNotes",
    "ExperimentTable",
    "Fold",
    "GoldProfile",
    "LabelFiles",
    "NoteFiles",
    "PersonalDataFiles",
    "PersonalDataSpan",
    "PersonalDataText",
    "SurveyStatement",
    "TextColumns",
    "Timelines",
    "bandit_log_files",
    "canonical_table",
    "drawn_notes",
    "first_place",
    "group_folds",
    "group_of",
    "is_beir_folder",
    "is_timelines_folder",
    "places",
    "read_bandit_log",
    "read_beir",
    "read_experiment_table",
    "read_label_file",
    "read_label_files",
    "read_note_files",
    "read_personal_data",
    "read_text_columns",
    "read_timelines",
    "sample_notices",
    "stripped_modules",
    "stripped_tables",
]

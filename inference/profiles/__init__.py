"""Many statements to one physician: ledger, channel preferences, conflicts, adoption stage."""

from .channel_rules import ChannelRules
from .consents import OPT_IN_CHANNELS, is_consented, is_permitted, latest_consents
from .flattening import CSV_COLUMNS, csv_rows
from .inspection import inspect
from .profile import ProfileTables, build_profiles
from .segment_view import EXPECTED, SEGMENT, SegmentExpectations, segment_view
from .states import is_open

__all__ = [
    "CSV_COLUMNS",
    "EXPECTED",
    "OPT_IN_CHANNELS",
    "SEGMENT",
    "ChannelRules",
    "ProfileTables",
    "SegmentExpectations",
    "build_profiles",
    "csv_rows",
    "inspect",
    "is_consented",
    "is_open",
    "is_permitted",
    "latest_consents",
    "segment_view",
]

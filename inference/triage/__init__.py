"""Before anything else: safety and compliance flags, redaction of patient identifiers, language."""

from .approved_use import ApprovedUse, ApprovedUses
from .flags import FlagHit, flag_id
from .identifiers import Identifier, find_all_identifiers, find_identifiers
from .known_names import name_forms
from .language import unread_in, unread_reason
from .off_label import OUTSIDE_LABEL
from .redaction import Redacted, placeholder, redact
from .rules import find_flags
from .triage import Triage, Triaged, triage_text, triage_texts

__all__ = [
    "OUTSIDE_LABEL",
    "ApprovedUse",
    "ApprovedUses",
    "FlagHit",
    "Identifier",
    "Redacted",
    "Triage",
    "Triaged",
    "find_all_identifiers",
    "find_flags",
    "find_identifiers",
    "flag_id",
    "name_forms",
    "placeholder",
    "redact",
    "triage_text",
    "triage_texts",
    "unread_in",
    "unread_reason",
]

"""The identity of a suggestion: every run that suggests the same calls it the same, so that it can be loaded again."""

from __future__ import annotations

import hashlib
from datetime import date

from ..records.brands import brand_key
from ..records.salesforce_ids import whole_id_if_any

ID_DIGITS = 32


def suggestion_id(hcp_id: str, brand: str, module_id: str, channel: str, as_of: date) -> str:
    """First 32 hexadecimal digits of a SHA-256 of physician, brand, module, channel and day.

    Both forms of a Salesforce id, and all spellings of a brand, are the same. Neither run, rank nor score plays
    a part: what a later policy log knows of a decision is enough to join it.
    """
    return digest_of(whole_id_if_any(hcp_id), brand_key(brand), module_id, channel, as_of.isoformat())


def digest_of(*parts: str) -> str:
    """First 32 hexadecimal digits of the SHA-256 of the parts, none of which can run into the next."""
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()[:ID_DIGITS]

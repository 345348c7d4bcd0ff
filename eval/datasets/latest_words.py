"""The trivial ledger: the physician's latest own statement wins. What it gets right, the real one must not lose."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pyarrow as pa

from ...inference.profiles.statements import EVEN

Subject = tuple[str, str | None, str, str]
"""Physician, brand, topic and polarity."""


def latest_own_words(statements: pa.Table, as_of: date) -> dict[Subject, bool]:
    """Whether each subject of STATEMENTS holds, by what the physician said last of it until `as_of`.

    Own statements of the here and now that are more likely than not count; of those of the last day, one that holds
    wins over one that is over.
    """
    said: dict[Subject, list[tuple[date, bool]]] = defaultdict(list)
    for row in statements.to_pylist():
        if row["holder"] == "hcp" and row["status"] != "hypothetical" and row["probability"] >= EVEN:
            subject = row["hcp_id"], row["brand"], row["topic"], row["polarity"]
            said[subject].append((row["date"], row["status"] == "current"))
    known = {subject: [word for word in words if word[0] <= as_of] for subject, words in said.items()}
    return {subject: max(words)[1] for subject, words in known.items() if words}

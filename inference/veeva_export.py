"""Answers as a folder of files that Veeva CRM loads."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa

from .matching import Answer
from .matching.veeva_records import (
    Record,
    account_field,
    log_records,
    preference_records,
    suggestion_records,
    tag_records,
)
from .runs import make_owner_only, published_folder

MARKER = "veeva.json"
LOG_FILE = "suggestions.csv"
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "Suggestion_vod__c.csv": (
        "Suggestion_External_Id_vod__c",
        "Record_Type_Name_vod__c",
        "ACCOUNT",
        "Title_vod__c",
        "Reason_vod__c",
        "Priority_vod__c",
        "Posted_Date_vod__c",
        "Expiration_Date_vod__c",
        "Account_Priority_Score_vod__c",
        "Display_Dismiss_vod__c",
        "Display_Mark_As_Complete_vod__c",
    ),
    "Suggestion_Tag_vod__c.csv": (
        "External_ID_vod__c",
        "Suggestion_vod__r.Suggestion_External_Id_vod__c",
        "Record_Type_Name_vod__c",
        "Driver_vod__c",
    ),
    "Stakeholder_Preference_vod__c.csv": (
        "External_ID_vod__c",
        "Record_Type_Name_vod__c",
        "ACCOUNT",
        "Channel_vod__c",
        "Preference_vod__c",
    ),
    LOG_FILE: (
        *("suggestion_id", "hcp_id", "brand", "as_of", "module_id", "channel", "rank", "score", "propensity"),
        "decision_id",
    ),
}


def write_veeva(answers: Sequence[Answer], channels: pa.Table, target: Path) -> Counter[str]:
    """Write suggestions, tags, channel preferences and the log of external ids; answers how many records each has.

    Args:
        answers: what `match_run` answers.
        channels: the run's CHANNEL_PREFERENCES.
        target: a folder that appears whole or not at all, and takes the place of an earlier one of ours. Its files
            quote notes: only their owner can read them.

    Raises:
        InputError: a folder that hcplens did not write, or physicians of whom only some have a Salesforce id.
    """
    account = account_field(answer.hcp_id for answer in answers)
    records: dict[str, list[Record]] = {
        "Suggestion_vod__c.csv": list(suggestion_records(answers, account)),
        "Suggestion_Tag_vod__c.csv": list(tag_records(answers)),
        "Stakeholder_Preference_vod__c.csv": list(preference_records(channels.to_pylist(), answers, account)),
        LOG_FILE: list(log_records(answers)),
    }
    with published_folder(target, marker=MARKER) as folder:
        for name, fields in _FIELDS.items():
            named = [account if field == "ACCOUNT" else field for field in fields]
            _write_csv(folder / name, named, records[name])
        counts = {name: len(rows) for name, rows in records.items()}
        (folder / MARKER).write_text(json.dumps({"hcplens": version("hcplens"), "records": counts}, indent=1) + "\n")
    return Counter(counts)


def _write_csv(path: Path, fields: Sequence[str], records: Sequence[Record]) -> None:
    """Cells as they are: a loader runs no formulas, and an apostrophe before one would change approved wording."""
    make_owner_only(path)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=fields)
        writer.writeheader()
        writer.writerows(records)

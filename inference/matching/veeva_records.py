"""Answers as records that Veeva CRM loads: suggestions, their tags, and channel preferences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from ...errors import InputError
from ..records.catalogue import Part
from ..records.salesforce_ids import is_salesforce_id, whole_id_if_any
from .answer import Answer, MatchedModule
from .suggestion_ids import digest_of, suggestion_id

Record = dict[str, object]
"""Cells by the name of the field that they are loaded into."""

VALID_DAYS = 30
"""A suggestion expires so long after its day, or with the approval of its module if that is earlier."""
URGENT_SHARE = 0.5
"""A suggestion is urgent where it answers open barriers that make up this share of all needs, or more."""
TEXT_CHARACTERS = 255
PREFERENCE_CUTS = (0.15, 0.30, 0.50, 0.70)
"""The chance to engage from which a channel has 2, 3, 4 and 5 points."""

RECORD_TYPES = {
    "face_to_face": "Call_vod",
    "phone": "Call_vod",
    "video": "Call_vod",
    "email": "Email_vod",
}
_OTHER_RECORD_TYPE = "Insight_vod"
CHANNEL_NAMES = {
    "face_to_face": "Face_to_face_vod",
    "phone": "Phone_vod",
    "video": "Video_vod",
    "email": "Email_vod",
    "messaging": "Message_vod",
}
_ACCOUNT = "Account_vod__c"
_ACCOUNT_ELSEWHERE = "Account_vod__r.External_ID_vod__c"


def suggestions(answers: Iterable[Answer]) -> Iterator[tuple[str, int, Answer, MatchedModule]]:
    """Each suggestion with its id and its rank from 1; an answer that is suppressed has none."""
    for answer in answers:
        if answer.suppressed is None:
            for rank, module in enumerate(answer.modules, start=1):
                known_as = suggestion_id(answer.hcp_id, answer.brand, module.module_id, module.channel, answer.as_of)
                yield known_as, rank, answer, module


def account_field(hcp_ids: Iterable[str]) -> str:
    """The field that names the accounts: their ids where all are Salesforce's, else an external id of the account.

    Raises:
        InputError: some are Salesforce's and some are not, which no one field takes.
    """
    known = sorted(set(hcp_ids))
    others = [hcp_id for hcp_id in known if not is_salesforce_id(hcp_id)]
    if others and len(others) < len(known):
        raise InputError(f"hcp_id {others[0]!r} is no Salesforce id, and others are: Veeva takes either, but not both")
    return _ACCOUNT_ELSEWHERE if others else _ACCOUNT


def suggestion_records(answers: Iterable[Answer], account: str) -> Iterator[Record]:
    """Records of Suggestion_vod__c; `account` as `account_field` has it."""
    for known_as, _, answer, module in suggestions(answers):
        yield {
            "Suggestion_External_Id_vod__c": known_as,
            "Record_Type_Name_vod__c": RECORD_TYPES.get(module.channel, _OTHER_RECORD_TYPE),
            account: whole_id_if_any(answer.hcp_id),
            "Title_vod__c": _cut(module.title),
            "Reason_vod__c": _cut(module.why),
            "Priority_vod__c": "Urgent_vod" if _is_urgent(module) else "Normal_vod",
            "Posted_Date_vod__c": answer.as_of.isoformat(),
            "Expiration_Date_vod__c": _expires(answer, module).isoformat(),
            "Account_Priority_Score_vod__c": round(100 * module.score, 2),
            "Display_Dismiss_vod__c": "true",
            "Display_Mark_As_Complete_vod__c": "true",
        }


def _expires(answer: Answer, module: MatchedModule) -> date:
    """When anything of what is recommended ceases to be approved, or after so many days."""
    parts: list[Part] = [*module.claims, *module.module.texts, *module.assets]
    ends = (module.module.expires_at, *(part.expires_at for part in parts))
    return min([answer.as_of + timedelta(days=VALID_DAYS), *(end for end in ends if end)])


def tag_records(answers: Iterable[Answer]) -> Iterator[Record]:
    """Records of Suggestion_Tag_vod__c: one for each driver or barrier that a suggestion answers."""
    for known_as, _, _, module in suggestions(answers):
        for need in module.addresses:
            yield {
                "External_ID_vod__c": digest_of(known_as, need.polarity, need.topic),
                "Suggestion_vod__r.Suggestion_External_Id_vod__c": known_as,
                "Record_Type_Name_vod__c": "Driver_vod",
                "Driver_vod__c": f"{need.polarity}: {need.topic}",
            }


def log_records(answers: Iterable[Answer]) -> Iterator[Record]:
    """What each external id stands for: kept by us, and loaded nowhere."""
    for known_as, rank, answer, module in suggestions(answers):
        yield {
            "suggestion_id": known_as,
            "hcp_id": answer.hcp_id,
            "brand": answer.brand,
            "as_of": answer.as_of.isoformat(),
            "module_id": module.module_id,
            "channel": module.channel,
            "rank": rank,
            "score": round(module.score, 6),
            "propensity": round(module.propensity, 6),
            "decision_id": module.decision_id,
        }


def preference_records(
    channels: Iterable[Mapping[str, Any]], answers: Iterable[Answer], account: str
) -> Iterator[Record]:
    """Records of Stakeholder_Preference_vod__c from rows of CHANNEL_PREFERENCES, for channels that Veeva has.

    Only of physicians with an answer that is not suppressed.
    """
    spoken_of = {answer.hcp_id for answer in answers if answer.suppressed is None}
    for row in channels:
        if row["hcp_id"] in spoken_of and row["channel"] in CHANNEL_NAMES:
            yield {
                "External_ID_vod__c": digest_of(whole_id_if_any(row["hcp_id"]), row["channel"]),
                "Record_Type_Name_vod__c": "Channel_Preference_vod",
                account: whole_id_if_any(row["hcp_id"]),
                "Channel_vod__c": CHANNEL_NAMES[row["channel"]],
                "Preference_vod__c": preference_points(row),
            }


def preference_points(row: Mapping[str, Any]) -> int:
    """1 to 5 for a row of CHANNEL_PREFERENCES.

    One point, and one for each of PREFERENCE_CUTS that `p_engage` reaches; the channel of rank 1 has one more, up to
    5. A channel that is closed to us, or that the physician avoids, has 1.
    """
    if row["stated"] == "avoids" or row["consented"] is False:
        return 1
    p_engage = float(row["p_engage"] or 0.0)
    points = 1 + sum(p_engage >= cut for cut in PREFERENCE_CUTS)
    return min(5, points + 1) if row["rank"] == 1 else points


def _is_urgent(module: MatchedModule) -> bool:
    return sum(need.weight for need in module.addresses if need.polarity == "barrier") >= URGENT_SHARE


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_CHARACTERS else text[: TEXT_CHARACTERS - 1] + "…"

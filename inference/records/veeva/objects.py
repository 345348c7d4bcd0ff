"""The fields that are read of each Veeva CRM object, and what their picklist values mean.

A field `A_vod__r.B` is one of a record that is looked up, as SOQL and the data loaders name it; such fields are used
where the export has them.
"""

from __future__ import annotations

from ..schemas import CHANNELS, Column, TableSpec

NO_CHANNEL = "other"
"""A channel that is none of ours: the row is read, its channel stays empty."""
YES_OR_NO = ("true", "false", "1", "0")
CALL_STATUSES = ("planned", "saved", "submitted")
REACTIONS = ("positive", "neutral", "negative")
EMAIL_STATUSES = ("unsent", "sent", "lost", "delivered", "unsubscribed")
"""`unsent`: not sent yet, or only the head of a group of e-mails; `lost`: sent, but it reached nobody."""
OPT_TYPES = ("opt_in", "opt_out", "pending")
CONSENT_RECORDS = ("email", "tracking", "any")
"""What a consent's record type limits it to; `tracking` is no leave to write or call."""
FEEDBACK = ("completed", "dismissed", "executed")


def _id(name: str, *, required: bool = False) -> Column:
    return Column(name, "salesforce_id", required=required)


IS_DELETED = Column("IsDeleted", choices=YES_OR_NO)

CALLS = TableSpec(
    "Call2_vod__c",
    (
        _id("Id", required=True),
        _id("Account_vod__c"),
        Column("Call_Date_vod__c", "date", required=True),
        Column("Call_Channel_vod__c", choices=(*CHANNELS, NO_CHANNEL)),
        Column("Status_vod__c", required=True, choices=CALL_STATUSES),
        Column("Next_Call_Notes_vod__c", verbatim=True),
        Column("Call_Comments_vod__c", verbatim=True),
        Column("Detailed_Products_vod__c"),
        _id("Parent_Call_vod__c"),
        _id("User_vod__c"),
        IS_DELETED,
    ),
    key=("Id",),
)
KEY_MESSAGES = TableSpec(
    "Call2_Key_Message_vod__c",
    (
        _id("Id", required=True),
        _id("Call2_vod__c", required=True),
        Column("Key_Message_vod__c"),
        Column("Reaction_vod__c", choices=REACTIONS),
        Column("Start_Time_vod__c", "timestamp"),
        Column("Duration_vod__c", "number"),
        Column("Product_vod__r.Name"),
        IS_DELETED,
    ),
    key=("Id",),
)
SENT_EMAILS = TableSpec(
    "Sent_Email_vod__c",
    (
        _id("Id", required=True),
        _id("Account_vod__c", required=True),
        Column("Status_vod__c", required=True, choices=EMAIL_STATUSES),
        Column("Email_Sent_Date_vod__c", "timestamp"),
        Column("Opened_vod__c", choices=YES_OR_NO),
        Column("Open_Count_vod__c", "number"),
        Column("Last_Open_Date_vod__c", "timestamp"),
        Column("Clicked_vod__c", choices=YES_OR_NO),
        Column("Click_Count_vod__c", "number"),
        Column("Last_Click_Date_vod__c", "timestamp"),
        Column("Last_Activity_Date_vod__c", "timestamp"),
        Column("Approved_Email_Template_vod__c"),
        Column("Product_vod__r.Name"),
        IS_DELETED,
    ),
    key=("Id",),
)
CONSENTS = TableSpec(
    "Multichannel_Consent_vod__c",
    (
        _id("Id", required=True),
        _id("Account_vod__c", required=True),
        Column("Opt_Type_vod__c", required=True, choices=OPT_TYPES),
        Column("Capture_Datetime_vod__c", "timestamp", required=True),
        Column("Consent_Type_vod__r.Channel_Label_vod__c", choices=CHANNELS),
        Column("RecordType.DeveloperName", choices=CONSENT_RECORDS),
        Column("Channel_Value_vod__c"),
        Column("Opt_Expiration_Date_vod__c"),
        Column("Product_vod__c"),
        Column("Detail_Group_vod__c"),
        Column("Content_Type_vod__c"),
        IS_DELETED,
    ),
    key=("Id",),
)
SUGGESTIONS = TableSpec(
    "Suggestion_vod__c",
    (_id("Id", required=True), Column("Suggestion_External_Id_vod__c"), IS_DELETED),
    key=("Id",),
)
FEEDBACKS = TableSpec(
    "Suggestion_Feedback_vod__c",
    (
        _id("Id", required=True),
        _id("Suggestion_vod__c"),
        Column("Suggestion_vod__r.Suggestion_External_Id_vod__c"),
        Column("RecordType.DeveloperName", required=True, choices=FEEDBACK),
        Column("CreatedDate", "timestamp", required=True),
        _id("CreatedById"),
        IS_DELETED,
    ),
    key=("Id",),
)

OBJECTS: dict[str, TableSpec] = {
    spec.name: spec for spec in (CALLS, KEY_MESSAGES, SENT_EMAILS, CONSENTS, SUGGESTIONS, FEEDBACKS)
}

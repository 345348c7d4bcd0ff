"""The labelling interface for Label Studio, as its XML configuration.

Tags and attributes are those of Label Studio's documentation: Labels mark spans of the Text; Choices with `perRegion`
belong to the marked span, are shown while it is selected and only where it has one of `whenLabelValue`.
"""

from __future__ import annotations

from xml.etree import ElementTree

from .label_scheme import CHANNEL, FLAG, HOLDER, IDENTIFIER, STATEMENT, STATUS, TEXT, LabelScheme

_KEEP_SPACES = ".htx-text{ white-space: pre-wrap; }"
"""Without it Label Studio trims spaces, and its offsets are no longer those of the text."""

_ASKED = {
    STATEMENT: "What moves the physician towards prescribing (driver), or holds them back (barrier)?",
    CHANNEL: "Through which channel do they want to be reached, or not?",
    FLAG: "What must a person look at?",
    IDENTIFIER: "What identifies a patient?",
    STATUS: "Does the statement hold now?",
    HOLDER: "Whose view is it?",
}
_COLOURS = {"driver": "#2e7d32", "barrier": "#c62828", "prefers": "#1565c0", "avoids": "#6a1b9a"}
_OTHER_COLOUR = "#ef6c00"


def labelling_config(scheme: LabelScheme) -> str:
    """The configuration as XML text: span labels, the note, then status and holder of the selected statement."""
    view = ElementTree.Element("View")
    ElementTree.SubElement(view, "Style").text = _KEEP_SPACES
    for name, labels in scheme.labels.items():
        _add_labels(view, name, labels, scheme)
    ElementTree.SubElement(view, "Text", name=TEXT, value=f"${TEXT}")
    for name, choices in scheme.choices.items():
        _add_choices(view, name, choices, scheme)
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"


def _add_labels(view: ElementTree.Element, name: str, labels: tuple[str, ...], scheme: LabelScheme) -> None:
    ElementTree.SubElement(view, "Header", value=_ASKED[name], size="5")
    group = ElementTree.SubElement(view, "Labels", name=name, toName=TEXT, choice="single", showInline="true")
    for label in labels:
        colour = _COLOURS.get(label.rpartition(".")[2], _OTHER_COLOUR)
        ElementTree.SubElement(group, "Label", {"value": label, "background": colour} | _hint(label, scheme))


def _add_choices(view: ElementTree.Element, name: str, choices: tuple[str, ...], scheme: LabelScheme) -> None:
    group = ElementTree.SubElement(
        view,
        "Choices",
        name=name,
        toName=TEXT,
        choice="single",
        showInline="true",
        perRegion="true",
        required="true",
        requiredMessage=_ASKED[name],
        visibleWhen="region-selected",
        whenLabelValue=",".join(scheme.labels[STATEMENT]),
    )
    for choice in choices:
        ElementTree.SubElement(group, "Choice", {"value": choice} | _hint(choice, scheme))


def _hint(label: str, scheme: LabelScheme) -> dict[str, str]:
    return {"hint": scheme.hints[label]} if label in scheme.hints else {}

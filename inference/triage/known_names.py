"""Names that belong to no patient, as `find_identifiers` wants them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_TITLES = re.compile(
    r"^(?:(?:dr|prof|professor|pd|priv\.?-?doz|mr|mrs|ms|frau|herr|med|dra|sr|sra)\b\.? ?)+", re.IGNORECASE
)
_DEGREES = re.compile(r",.*$|\s(?:MD|DO|PhD|NP|PA|FRCP)$")


def bare_name(name: str) -> str:
    """A name casefolded, without titles and degrees."""
    return _DEGREES.sub("", _TITLES.sub("", name.strip())).casefold().strip()


def name_forms(names: Iterable[str]) -> frozenset[str]:
    """Each name casefolded, without titles and degrees: as a whole, and its last word alone."""
    forms: set[str] = set()
    for name in names:
        if bare := bare_name(name):
            forms |= {bare, bare.split()[-1]}
    return frozenset(forms)

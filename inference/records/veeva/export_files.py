"""Which files of an export hold which object."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ....errors import InputError
from ..notices import Notices
from ..table_files import TableFile, table_files
from .objects import CALLS, CONSENTS, FEEDBACKS, KEY_MESSAGES, OBJECTS, SENT_EMAILS, SUGGESTIONS

TABLE_OBJECTS = {
    "notes": (CALLS.name,),
    "content_events": (KEY_MESSAGES.name, SENT_EMAILS.name),
    "consents": (CONSENTS.name,),
}
"""The objects that each canonical table is made of."""

_OF_FEEDBACK = (SUGGESTIONS.name, FEEDBACKS.name)
_OBJECT_NAMES = {name.lower(): name for name in OBJECTS}
_STARTS_WITH_AN_OBJECT = re.compile(
    f"({'|'.join(sorted(_OBJECT_NAMES, key=len, reverse=True))})(?![a-z0-9])", re.IGNORECASE
)


@dataclass(frozen=True)
class ExportFiles:
    """Files by object, and canonical files by table, each by name and once."""

    objects: Mapping[str, tuple[TableFile, ...]]
    canonical: Mapping[str, tuple[TableFile, ...]]

    @classmethod
    def of(cls, paths: Mapping[str, Path], notices: Notices) -> ExportFiles:
        """The files of paths by canonical table.

        A file holds the object that its name begins with, such as `Call2_vod__c-2026.csv.gz`. A folder gives all
        objects of all tables, and what else it holds is named in a notice. A file that bears no object's name is read
        as the canonical table that it is given for.

        Raises:
            InputError: no such file or folder, or one without tables.
        """
        objects: dict[str, dict[Path, TableFile]] = defaultdict(dict)
        canonical: dict[str, tuple[TableFile, ...]] = {}
        for table, path in paths.items():
            others = _sort(table_files(path, notices), objects)
            if path.is_dir():
                _tell_others(path, others, notices)
            elif others:
                canonical[table] = tuple(others)
        return cls({name: tuple(files.values()) for name, files in objects.items()}, canonical)


def _sort(files: tuple[TableFile, ...], objects: dict[str, dict[Path, TableFile]]) -> list[TableFile]:
    """Files into the objects whose names they bear; what remains."""
    others = []
    for file in files:
        named = _STARTS_WITH_AN_OBJECT.match(file.path.name)
        if named:
            objects[_OBJECT_NAMES[named[1].lower()]][file.path.resolve()] = file
        else:
            others.append(file)
    return others


def _tell_others(folder: Path, others: list[TableFile], notices: Notices) -> None:
    if others:
        names = ", ".join(file.path.name for file in others[:5]) + (" …" if len(others) > 5 else "")
        known = ", ".join(name for name in OBJECTS if name not in _OF_FEEDBACK)
        notices.add(f"{folder}: not read, because their names begin with no object that is ({known}): {names}")


def require_object(files: ExportFiles, name: str, path: Path) -> None:
    """Raise InputError where the paths hold no file of an object."""
    if name not in files.objects:
        raise InputError(f"{path}: no file of {name}; name it after its object, such as {name}.csv")

"""Sentences with typed spans of personal data, as the Presidio research data has them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from ...errors import InputError
from .labelled_notes import candidate_files

_FOLDER = "pii"


class PersonalDataSpan(BaseModel):
    """Personal data at [start_position, end_position) of a sentence, and its type."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    entity_type: str
    entity_value: str
    start_position: int
    end_position: int


class PersonalDataText(BaseModel):
    """One sentence; those of one template differ only in the data that was filled in."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    full_text: str
    spans: tuple[PersonalDataSpan, ...]
    template_id: int | str | None = None


@dataclass(frozen=True)
class PersonalDataFiles:
    """Sentences, the files they were read from, and those of the folder that hold none."""

    texts: tuple[PersonalDataText, ...]
    files: tuple[Path, ...]
    skipped: tuple[Path, ...] = ()


def read_personal_data(data: Path) -> PersonalDataFiles:
    """The sentences of a JSON file, of a folder's, and of those of its folder `pii`; none where it holds none.

    Raises:
        InputError: naming file, record and field.
    """
    found = candidate_files(data, (".json",)) + candidate_files(data / _FOLDER, (".json",))
    files = tuple(path for path in found if _is_personal_data(path))
    texts = tuple(text for path in files for text in _read_file(path))
    return PersonalDataFiles(texts, files, tuple(path for path in found if path not in files))


def _is_personal_data(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(4096)
    return head.lstrip().startswith(b"[") and b'"full_text"' in head


def _read_file(path: Path) -> list[PersonalDataText]:
    try:
        texts = TypeAdapter(list[PersonalDataText]).validate_json(path.read_bytes())
    except (OSError, ValidationError) as e:
        problem = e.errors()[0] if isinstance(e, ValidationError) else None
        what = f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" if problem else str(e)
        raise InputError(f"{path}: record {what}") from e
    for number, text in enumerate(texts):
        for span in text.spans:
            if text.full_text[span.start_position : span.end_position] != span.entity_value:
                raise InputError(
                    f"{path}: record {number}: {span.entity_value!r} does not stand at "
                    f"[{span.start_position}, {span.end_position}) of full_text"
                )
    return texts

"""A language model reads whole notes; of what it finds, only what is quoted from the note counts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...prompts import AnswerCache, Decoding, LabellingGuide, LanguageModel, Prompt, Request, ask_all
from ..insights import Annotation, InsightModel, Statement
from ..insights.annotator import evidence_at, in_text_order, on_label
from ..insights.model import statement_label
from ..insights.read_texts import ReadTexts
from .confirmation import NO_BRAND
from .grounding import Place, locate
from .tally import Tally

PROMPT = "extract"
_ANSWER = Decoding(max_tokens=768)
_WAYS = {"exact": Tally(exact=1), "normalised": Tally(normalised=1), "fuzzy": Tally(fuzzy=1)}


@dataclass(frozen=True)
class Extracted:
    """Annotations with what a language model found besides, and what that came to."""

    annotations: list[Annotation]
    tally: Tally


@dataclass(frozen=True)
class _Found:
    """The same of one note."""

    annotation: Annotation
    tally: Tally


class Extractor:
    """Asks a language model for the statements of each note.

    A statement whose quote is not in the note is counted and not used; one that is claimed already, or was said twice,
    adds nothing. One that is added has the probability that the insight model gives it, since what the language model's
    word is worth was not measured, and is signed by the language model.

    Args:
        insights: the model that read the texts, with the topics that are asked about.
        model: who is asked.
        cache: keeps the answers.
        guide: tells what labels mean; the one that ships if None.
        prompt: how it is asked: the latest `extract` that ships if None.
    """

    def __init__(
        self,
        insights: InsightModel,
        model: LanguageModel,
        cache: AnswerCache,
        guide: LabellingGuide | None = None,
        prompt: Prompt | None = None,
    ) -> None:
        self._insights, self._model, self._cache = insights, model, cache
        self._prompt = prompt or Prompt.load(PROMPT)
        self._always: dict[str, object] = {"taxonomy": insights.taxonomy, "guide": guide or LabellingGuide.default()}
        self._columns = {label: column for column, label in enumerate(insights.statement_labels)}

    def extract(self, read: ReadTexts, annotations: Sequence[Annotation]) -> Extracted:
        """The annotations of the texts, with what else is grounded in each."""
        begun = time.monotonic()
        rows = [row for row, note in enumerate(read.triaged) if not note.unread and note.readable.strip()]
        answers = ask_all(self._model, [self._request(read, row) for row in rows], self._cache)
        extended, tally = list(annotations), Tally.of(answers)
        for row, answer in zip(rows, answers, strict=True):
            if answer.failure is None:
                found = self._found(read, row, annotations[row], answer.value["statements"])
                extended[row] = found.annotation
                tally += found.tally
        return Extracted(extended, replace(tally, seconds=time.monotonic() - begun))

    def _request(self, read: ReadTexts, row: int) -> Request:
        values = self._always | {"brand": read.brands[row] or NO_BRAND, "note": read.triaged[row].readable}
        return self._prompt.request(self._prompt.named_values(values), _ANSWER)

    def _found(self, read: ReadTexts, row: int, annotation: Annotation, said: Sequence[dict[str, Any]]) -> _Found:
        """The annotation of one note with what is grounded in it and new."""
        known = {(statement.topic, statement.polarity) for statement in annotation.statements}
        added: list[Statement] = []
        tally = Tally(quotes=len(said))
        for each in said:
            place = locate(each["quote"], read.triaged[row].readable)
            if place is None:
                tally += Tally(ungrounded=1)
                continue
            tally += _WAYS[place.way]
            if (each["topic"], each["polarity"]) in known:
                tally += Tally(known=1)
                continue
            known.add((each["topic"], each["polarity"]))
            added.append(self._statement(read, row, each, place))
        allowed = on_label(added, annotation.flags)
        statements = in_text_order([*annotation.statements, *allowed])
        return _Found(replace(annotation, statements=statements), tally + Tally(added=len(allowed)))

    def _statement(self, read: ReadTexts, row: int, said: dict[str, Any], place: Place) -> Statement:
        column = self._columns[statement_label(said["topic"], said["polarity"])]
        return Statement(
            topic=said["topic"],
            polarity=said["polarity"],
            status=said["status"],
            holder=said["holder"],
            probability=float(read.readings.statements[row, column]),
            evidence=evidence_at(read.triaged[row].redacted, place.start, place.end),
            annotator=self._model.name,
        )

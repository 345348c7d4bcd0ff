"""The question about one label of a text: do these words speak of this topic in this sense?"""

from __future__ import annotations

from ...embeddings.clauses import trimmed_to_words
from ...errors import InputError
from ...prompts import LabellingGuide, LabelMeaning, Prompt
from ..insights import InsightModel
from ..insights.read_texts import ReadTexts
from .passage import passage_around

PROMPT = "confirm"
CHOICES = ("yes", "no")
NO_BRAND = "not named"


class Confirmation:
    """Puts the question in words, the same to a model that is asked and to one that is taught.

    Args:
        insights: the model that read the texts; its taxonomy tells what labels mean.
        guide: tells what polarities mean; the one that ships if None.
        prompt: how it is asked: the latest `confirm` that ships if None.
    """

    def __init__(
        self, insights: InsightModel, guide: LabellingGuide | None = None, prompt: Prompt | None = None
    ) -> None:
        self._insights = insights
        self._polarities = {label.id: label for label in (guide or LabellingGuide.default()).polarities}
        self.prompt = prompt or Prompt.load(PROMPT)

    def values(self, read: ReadTexts, row: int, column: int, span: tuple[int, int] | None = None) -> dict[str, object]:
        """What the prompt tells: redacted text and nothing else of the note.

        Args:
            read: texts as they were read.
            row: which text.
            column: which label.
            span: the words `[start, end)` of the readable text; those that the insight model points to if None.
        """
        note = read.triaged[row].readable
        start, end = span or map(int, read.readings.statement_spans[row, column])
        start, end = trimmed_to_words(note, start, end)
        topic, _, polarity = self._insights.statement_labels[column].rpartition(".")
        values = {
            "brand": read.brands[row] or NO_BRAND,
            "note": note,
            "passage": passage_around(note, start, end),
            "quote": note[start:end],
            "topic": self._insights.taxonomy.by_id[topic],
            "polarity": self._polarity(polarity),
        }
        return self.prompt.named_values(values)

    def _polarity(self, name: str) -> LabelMeaning:
        if name not in self._polarities:
            raise InputError(f"the labelling guide does not say what {name!r} means")
        return self._polarities[name]

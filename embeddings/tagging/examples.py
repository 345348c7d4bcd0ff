"""What a tagger learns from: a text, the labels it carries, the words that show each, and choices about each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TaggedSpan:
    """One label of a text.

    Attributes:
        label: its column.
        start: where the words that show it begin; None where nobody marked them.
        end: where they end (exclusive).
        choices: one option of each exclusive choice about the label, as a column; empty where there are none.
    """

    label: int
    start: int | None = None
    end: int | None = None
    choices: tuple[int, ...] = ()


@dataclass(frozen=True)
class TaggedText:
    """A text with its labels.

    Attributes:
        text: as it is read.
        spans: its labels.
        group: who it is about: a group is never on both sides of a split.
        taught: probabilities of every label by a stronger reader, which count half in training; empty without one.
        unasked: labels that nobody looked for in this text: that `spans` lacks them says nothing, and what a stronger
            reader says of them counts alone.
    """

    text: str
    spans: tuple[TaggedSpan, ...]
    group: str
    taught: tuple[float, ...] = ()
    unasked: frozenset[int] = frozenset()


@dataclass(frozen=True)
class TagScheme:
    """What a tagger answers.

    Attributes:
        labels: their names, in the order of the columns.
        kinds: of each label, the number of what it shares with others: a topic's driver and barrier share what they
            are about. A label shares with none where its number is its own.
        choices: names of the options of each exclusive choice, such as ("current", "resolved", "hypothetical").
        chosen: how many labels, from the first on, the choices are about.
    """

    labels: tuple[str, ...]
    choices: tuple[tuple[str, ...], ...] = ()
    chosen: int = 0
    kinds: tuple[int, ...] = ()

    @property
    def kind_of(self) -> tuple[int, ...]:
        """The kind of every label; each its own where none are given."""
        return self.kinds or tuple(range(len(self.labels)))

    @property
    def options(self) -> int:
        """Options of all choices together."""
        return sum(map(len, self.choices))

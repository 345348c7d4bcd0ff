from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import numpy as np
import pytest

from hcplens.eval.metrics import F1, MEAN_ABSOLUTE, RATIO, SHARE, means
from hcplens.eval.results import (
    Bin,
    Confusion,
    Example,
    ItemSet,
    Mark,
    Provenance,
    Reliability,
    Result,
    measured,
    reading,
)

EXAMPLES = (
    Example(
        "notes",
        "N1",
        "H1",
        "PA took 3 wks,  then\nfine.",
        (Mark(0, 2, "coverage barrier", "missed", 0.31), Mark(3, 13, "workload barrier", "hit", 0.9)),
        (("brand", "Zelvanta"),),
    ),
    Example("notes", "N2", "H1", "nothing here", ()),
    Example(
        "triage",
        "Q1",
        "H2",
        "K+ 6.1, drug held",
        (Mark(0, 17, "adverse_event", "hit"), Mark(8, 17, "complaint", "false")),
    ),
)


class Page(HTMLParser):
    """A page taken apart: elements with attributes, and the text of paragraphs of examples, styles and scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.sources: dict[str, list[str]] = {"style": [], "script": []}
        self._in_text = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "p" and dict(attrs).get("class") == "text":
            self._in_text = True
            self.texts.append("")
        if tag in self.sources:
            self.sources[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_text &= tag != "p"

    def handle_data(self, data: str) -> None:
        if self._in_text:
            self.texts[-1] += data
        if self.elements and self.elements[-1][0] in self.sources and self.cdata_elem:
            self.sources[self.elements[-1][0]][-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def classes(self, tag: str) -> list[str]:
        return [attributes.get("class") or "" for attributes in self.all(tag)]


@pytest.fixture(scope="session")
def page() -> type[Page]:
    return Page


MakeResult = Callable[..., Result]


@pytest.fixture(scope="session")
def make_result() -> MakeResult:
    """A result of forty notes of forty physicians: `hits` of 40 statements are right."""

    def make(
        created_at: str = "2026-03-02T10:00:00+00:00",
        *,
        hits: int = 30,
        first: int = 0,
        examples: tuple[Example, ...] = EXAMPLES,
        words: str = "heads 1.0.0",
    ) -> Result:
        items = ItemSet("notes", tuple(f"N{first + i}" for i in range(40)), tuple(f"H{i}" for i in range(40)))
        right = (np.arange(40) < hits).astype(np.float64)
        counts = np.column_stack([right, np.ones(40), np.ones(40)])
        figures = (
            measured("notes", "topic F1", F1, items, counts, note=words),
            measured("notes", "gain", RATIO, items, means(right - 0.5)),
            measured("notes", "calibration error", MEAN_ABSOLUTE, items, means(right / 10), better="lower"),
            measured("notes", "topic F1", F1, items, counts[:10], part="topic=cost", rows=range(10)),
            measured("notes", "topic F1", F1, items, counts[-3:], part="topic=trust", rows=range(37, 40)),
            measured("notes", "precision", SHARE, items, np.zeros((40, 2))),
            reading("speed", "notes a second", 812.5, items=40, better="higher"),
        )
        provenance = Provenance(
            version="0.1.0",
            created_at=created_at,
            seconds=1.5,
            data={"notes.jsonl": "ab" * 32},
            model=words,
            encoder="cd" * 32,
            scored_by={"notes": "heads that never saw the brand"},
            notices=("All notes are synthetic.",),
        )
        curve = Reliability("notes", "statements", (Bin(0.2, 0.25, 0.1, 0.4, 40), Bin(0.8, 0.7, None, None, 10)))
        confusion = Confusion("notes", "status", ("current", "resolved"), ((5, 1), (0, 0)))
        return Result(provenance, (items,), figures, (curve,), (confusion,), examples)

    return make

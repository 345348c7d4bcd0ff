"""Pages on the terminal: data never steers it, and styles still do."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Column, Table
from rich.text import Text

from hcplens.eval.commands.pages import show
from hcplens.inference.command_output import print_page
from hcplens.inference.control_characters import without_controls
from hcplens.inference.progress import LineReporter, TerminalReporter
from hcplens.inference.terminal import Terminal

PAINTS = "X\x1b[31mRED\x1b]0;owned\x07\x9b2J\x7f"
SHOWN = "X\ufffd[31mRED"


def page() -> RenderableType:
    table = Table(Column(Text(PAINTS)), PAINTS, title=PAINTS)
    table.add_row(Text(PAINTS, style="bold"), PAINTS)
    return Group(table, Panel(Text(PAINTS), title=PAINTS), Rule(PAINTS), Text(PAINTS), PAINTS)


def controls_in(text: str) -> set[str]:
    return {character for character in text if not character.isprintable()} - {"\n", "\t"}


def test_controls_are_shown_and_tabs_and_ends_of_lines_stay() -> None:
    assert without_controls("a\x00b\x1b[2J\x7f\x85\x9bé\tc\nd\r\ne\rf") == (
        "a\ufffdb\ufffd[2J\ufffd\ufffd\ufffdé\tc\nd\r\ne\ufffdf"
    )


def test_data_in_any_part_of_a_page_holds_no_controls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    print_page(page(), None)
    print_page(page(), tmp_path / "page.txt")
    show(page())
    show(page(), tmp_path / "measured.txt")
    for text in (capsys.readouterr().out, *(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())):
        assert text.count(SHOWN) >= 10
        assert controls_in(text) == set()


def test_styles_of_pages_are_sequences_still() -> None:
    stream = io.StringIO()
    Terminal(file=stream, force_terminal=True, color_system="standard").print(Text("a\x1b[2J", style="bold red"))
    assert stream.getvalue() == "\x1b[1;31ma\ufffd[2J\x1b[0m\n"


def test_controls_push_nothing_off_the_page() -> None:
    stream = io.StringIO()
    Terminal(file=stream, width=30).print(Text("\x1b" * 40 + " adverse event"))
    assert "adverse event" in " ".join(stream.getvalue().split())


def test_notices_hold_no_controls() -> None:
    for report in (LineReporter, TerminalReporter):
        stream = io.StringIO()
        report(stream).notice(PAINTS)
        assert SHOWN in stream.getvalue()
        assert controls_in(stream.getvalue()) == set()

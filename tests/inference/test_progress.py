from __future__ import annotations

import io
import json

import pytest

from hcplens.inference.progress import (
    JsonReporter,
    LineReporter,
    QuietReporter,
    Reporter,
    TerminalReporter,
    reporter,
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that the reporters see; each test sets it."""
    now = [100.0]
    monkeypatch.setattr("hcplens.inference.progress.time.monotonic", lambda: now[0])
    return now


def read_two_notes_in_eight_seconds(report_to: Reporter, clock: list[float]) -> None:
    with report_to.stage("notes", 1200, "notes") as done:
        clock[0] += 2
        done(300)
        clock[0] += 4
        done(300)
        clock[0] += 2
        done(600)
    report_to.notice("that was all")


def test_the_reporter_fits_the_stream_and_the_options() -> None:
    assert isinstance(reporter(stream=Terminal()), TerminalReporter)
    assert isinstance(reporter(stream=io.StringIO()), LineReporter)
    assert isinstance(reporter(quiet=True, stream=Terminal()), QuietReporter)
    assert isinstance(reporter(json_logs=True, stream=Terminal()), JsonReporter)
    assert isinstance(reporter(quiet=True, json_logs=True, stream=Terminal()), JsonReporter)


def test_progress_goes_to_standard_error_where_no_stream_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    reporter().notice("look")
    assert capsys.readouterr() == ("", "note: look\n")


def test_plain_lines_come_every_five_seconds_with_rate_and_time_left(clock: list[float]) -> None:
    stream = io.StringIO()
    read_two_notes_in_eight_seconds(LineReporter(stream), clock)
    assert stream.getvalue().splitlines() == [
        "notes: 600 of 1,200 notes, 100/s, 6 s left",
        "notes: 1,200 of 1,200 notes in 8.0 s",
        "note: that was all",
    ]


def test_json_lines_are_one_object_each(clock: list[float]) -> None:
    stream = io.StringIO()
    read_two_notes_in_eight_seconds(JsonReporter(stream), clock)
    stage = {"stage": "notes", "total": 1200, "unit": "notes"}
    assert [json.loads(line) for line in stream.getvalue().splitlines()] == [
        {"event": "started", "done": 0, "seconds": 0.0, **stage},
        {"event": "progress", "done": 600, "seconds": 6.0, **stage},
        {"event": "finished", "done": 1200, "seconds": 8.0, **stage},
        {"event": "notice", "message": "that was all"},
    ]


def test_quiet_says_nothing(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    read_two_notes_in_eight_seconds(QuietReporter(), clock)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_shows_a_bar_and_the_notice_without_markup() -> None:
    stream = Terminal()
    report_to = TerminalReporter(stream)
    with report_to.stage("notes", 4, "notes") as done:
        done(4)
        report_to.notice("[bold]notes.csv[/bold] row 3")
    assert "4/4" in stream.getvalue()
    assert "note: [bold]notes.csv[/bold] row 3" in stream.getvalue()


def test_a_stage_of_unknown_size_has_neither_share_nor_time_left(clock: list[float]) -> None:
    stream = io.StringIO()
    with LineReporter(stream).stage("reading", None, "notes") as done:
        clock[0] += 10
        done(50)
    assert stream.getvalue().splitlines() == ["reading: 50 notes, 5/s", "reading: 50 notes in 10.0 s"]


def test_a_stage_that_fails_does_not_say_that_it_finished(clock: list[float]) -> None:
    stream = io.StringIO()
    with pytest.raises(OSError, match="gone"), JsonReporter(stream).stage("notes", 2, "notes"):
        raise OSError("gone")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["started"]

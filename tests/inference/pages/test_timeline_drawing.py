from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from hcplens.inference.pages import PhysicianPage
from hcplens.inference.pages.physician_page import Moment
from hcplens.inference.pages.timeline_drawing import Timelines, draw_timelines

Page = Callable[[str], PhysicianPage]


def test_stretches_follow_one_another_up_to_the_day_of_the_page(page_of: Page) -> None:
    page = page_of("H2")
    story = tuple(
        Moment(day, state, state, "said", None)
        for day, state in ((date(2026, 9, 10), "open"), (date(2026, 9, 25), "resolved"))
    )
    drawn = draw_timelines(replace(page, barriers=(replace(page.barriers[0], story=story),), drivers=(), past=()))
    assert drawn is not None
    [row] = drawn.rows
    assert [(one.start, one.width, one.state) for one in row.stretches] == [
        (0.0, 225.0, "open"),
        (225.0, 75.0, "resolved"),
    ]


def test_all_stories_share_the_axis_and_end_with_it(page_of: Page) -> None:
    drawn = draw_timelines(page_of("H1"))
    assert drawn is not None
    assert (drawn.first, drawn.last) == (date(2026, 2, 1), date(2026, 9, 30))
    for row in drawn.rows:
        assert row.stretches[-1].start + row.stretches[-1].width == pytest.approx(Timelines.width, abs=0.2)


def test_without_a_story_nothing_is_drawn(page_of: Page) -> None:
    assert draw_timelines(page_of("NEW")) is None

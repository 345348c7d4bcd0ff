from __future__ import annotations

from collections.abc import Callable

from hcplens.eval.report.named_results import named_result
from hcplens.eval.report.trend import draw_trend
from hcplens.eval.results import Result

MakeResult = Callable[..., Result]


def test_points_go_from_the_oldest_to_the_newest_and_up_where_the_figure_rose(make_result: MakeResult) -> None:
    results = [named_result(f"r{day}", make_result(f"2026-03-0{day}T10:00Z", hits=20 + day)) for day in (3, 2, 1)]
    drawing = draw_trend(results[0].result.figures[0], results)
    assert [point.named.name for point in drawing.points] == ["r1", "r2", "r3"]
    assert [point.x for point in drawing.points] == sorted(point.x for point in drawing.points)
    assert [point.y for point in drawing.points] == sorted((point.y for point in drawing.points), reverse=True)
    assert all(point.same_items for point in drawing.points)
    assert [len(line.split()) for line in drawing.lines] == [3]
    assert [len(band.split()) for band in drawing.bands] == [6]
    assert [tick.label for tick in drawing.x_ticks] == ["2026-03-01", "2026-03-03"]


def test_one_result_is_a_single_point_in_the_middle(make_result: MakeResult) -> None:
    only = named_result("only", make_result())
    drawing = draw_trend(only.result.figures[0], [only])
    [point] = drawing.points
    assert point.x == (drawing.left + drawing.right) / 2
    assert (drawing.lines, drawing.bands) == ((), ())
    assert [tick.label for tick in drawing.x_ticks] == ["2026-03-02"]


def test_a_result_without_the_figure_leaves_a_gap(make_result: MakeResult) -> None:
    full = [make_result(f"2026-03-0{day}T10:00Z") for day in (1, 2, 3, 4)]
    without = Result(full[1].provenance, full[1].item_sets, full[1].figures[1:])
    results = [named_result(f"r{number}", result) for number, result in enumerate([full[3], full[2], without, full[0]])]
    drawing = draw_trend(full[3].figures[0], results)
    assert len(drawing.points) == 3
    assert [len(line.split()) for line in drawing.lines] == [2]


def test_a_point_of_other_items_is_told_apart(make_result: MakeResult) -> None:
    results = [
        named_result("new", make_result("2026-03-02T10:00Z")),
        named_result("old", make_result("2026-03-01T10:00Z", first=1)),
    ]
    drawing = draw_trend(results[0].result.figures[0], results)
    assert [point.same_items for point in drawing.points] == [False, True]


def test_an_undefined_figure_has_no_points(make_result: MakeResult) -> None:
    only = named_result("only", make_result())
    assert draw_trend(only.result.figure("notes/precision"), [only]).points == ()

from __future__ import annotations

from hcplens.eval.report.confusion_table import LEVELS, confusion_table
from hcplens.eval.report.reliability_drawing import draw_reliability
from hcplens.eval.results import Bin, Confusion, Reliability


def test_a_confusion_is_shaded_by_its_rows_and_adds_up() -> None:
    table = confusion_table(Confusion("notes", "status", ("a", "b", "c"), ((6, 2, 0), (0, 0, 0), (1, 0, 199))))
    assert [[cell.level for cell in row.cells] for row in table.rows] == [[6, 2, 0], [0, 0, 0], [1, 0, LEVELS]]
    assert [cell.agrees for cell in table.rows[0].cells] == [True, False, False]
    assert [row.total for row in table.rows] == [8, 0, 200]
    assert (table.predicted, table.total) == ((7, 2, 199), 208)


def test_a_calibrated_bin_lies_on_the_diagonal_and_more_texts_make_a_larger_point() -> None:
    curve = Reliability("notes", "p", (Bin(0.8, 0.8, 0.6, 0.9, 100), Bin(0.2, 0.4, None, None, 25)))
    drawing = draw_reliability(curve)
    left, right = drawing.points
    assert left.bin.predicted == 0.2
    assert right.radius == 2 * left.radius
    by_x = {tick.label: tick.at for tick in drawing.x_ticks}
    by_y = {tick.label: tick.at for tick in drawing.y_ticks}
    assert (right.x, right.y) == (by_x["0.8"], by_y["0.8"])
    assert (left.x, left.y) == (by_x["0.2"], by_y["0.4"])
    assert (right.low, left.low) == (by_y["0.6"], None)
    assert drawing.texts == 125
    assert drawing.line == f"{left.x},{left.y} {right.x},{right.y}"


def test_an_empty_curve_has_no_points() -> None:
    assert draw_reliability(Reliability("notes", "p", ())).points == ()

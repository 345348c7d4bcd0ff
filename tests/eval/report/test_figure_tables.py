from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hcplens.eval.report.figure_tables import suite_tables
from hcplens.eval.results import Result

MakeResult = Callable[..., Result]


def test_figures_of_all_items_come_first_and_parts_by_dimension_the_best_first(make_result: MakeResult) -> None:
    tables = suite_tables("notes", make_result().figures)
    assert [row.name for row in tables.rows] == ["topic F1", "gain", "calibration error", "precision"]
    [by_topic] = tables.parts
    assert (by_topic.metric, by_topic.dimension) == ("topic F1", "topic")
    assert [(row.name, row.value) for row in by_topic.rows] == [("cost", "1.000"), ("trust", "0.000")]
    assert by_topic.overall is not None
    assert by_topic.overall.value == "0.750"


def test_every_figure_of_the_suite_is_in_a_table_once(make_result: MakeResult) -> None:
    result = make_result()
    tables = [suite_tables(suite, result.figures) for suite in result.suites]
    keys = [row.figure.key for table in tables for row in table.rows]
    keys += [row.figure.key for table in tables for parts in table.parts for row in parts.rows]
    assert sorted(keys) == sorted(figure.key for figure in result.figures)


def test_a_suite_is_known_by_its_first_figure_that_has_an_interval(make_result: MakeResult) -> None:
    figures = make_result().figures
    reordered = (figures[5], *figures[:5])
    main = suite_tables("notes", reordered).main
    assert main is not None
    assert main.name == "topic F1"
    speed = suite_tables("speed", figures).main
    assert speed is not None
    assert speed.value == "812.5"


def test_a_reading_needs_no_caution_and_three_clusters_do(make_result: MakeResult) -> None:
    cautions = {figure.key: figure.estimate.caution for figure in make_result().figures}
    assert cautions["speed/notes a second"] == ""
    assert cautions["notes/topic F1"] == ""
    assert cautions["notes/topic F1/topic=cost"] == "few clusters"
    assert cautions["notes/topic F1/topic=trust"] == "too few to say"


def test_joint_parts_are_grouped_by_all_their_dimensions(make_result: MakeResult) -> None:
    whole = make_result().figures[0]
    parts = (
        "statements=gold",
        "statements=gold, topic=safety",
        "statements=gold, latest own statement wins",
        "statements=gold, channel=phone",
        "topic=cost, statements=inferred",
        "label=pain, chronic, acute",
    )
    tables = suite_tables("notes", [whole, *(replace(whole, part=part) for part in parts)]).parts
    assert [(table.dimension, [row.name for row in table.rows]) for table in tables] == [
        ("statements", ["gold"]),
        ("statements and topic", ["gold, safety", "inferred, cost"]),
        ("statements and part", ["gold, latest own statement wins"]),
        ("statements and channel", ["gold, phone"]),
        ("label and part", ["pain, chronic, acute"]),
    ]

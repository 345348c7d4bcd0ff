from __future__ import annotations

import re
from pathlib import Path

import pytest

import hcplens.eval.report

STYLES = (Path(hcplens.eval.report.__file__).parent / "templates" / "styles.css").read_text(encoding="utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#\w{6});", block.partition("}")[0])) for block in STYLES.split(":root {")[1:3]
)
TEXT_ON_GROUND = [
    *(("ink", ground) for ground in ("page", "surface", "soft", "hit-soft", "missed-soft", "false-soft")),
    *(("ink", f"shade-{level}") for level in range(6)),
    *(("on-dark-shade", f"shade-{level}") for level in range(6, 9)),
    *(("muted", ground) for ground in ("page", "surface", "soft", "shade-0")),
    *((text, "surface") for text in ("accent", "hit", "missed", "false")),
    *((text, f"{text}-soft") for text in ("caution", "notice", "hit", "missed", "false")),
    *(("ink", f"{ground}-soft") for ground in ("caution", "notice")),
    ("accent", "page"),
]


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_can_be_read_on_its_ground(scheme: dict[str, str], text: str, ground: str) -> None:
    assert contrast(scheme[text], scheme[ground]) >= 4.5


def test_both_schemes_name_the_same_colours() -> None:
    assert LIGHT.keys() == DARK.keys()

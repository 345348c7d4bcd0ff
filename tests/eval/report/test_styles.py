from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import hcplens.eval.report
from hcplens.inference.pages import style_on_ground

Schemes = Callable[[str], tuple[dict[str, str], dict[str, str]]]
STYLE = style_on_ground(Path(hcplens.eval.report.__file__).parent / "templates" / "styles.css")
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


def test_contrast_is_that_of_the_standard(contrast: Callable[[str, str], float]) -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_can_be_read_on_its_ground(
    colour_schemes: Schemes, contrast: Callable[[str, str], float], scheme: int, text: str, ground: str
) -> None:
    colours = colour_schemes(STYLE)[scheme]
    assert contrast(colours[text], colours[ground]) >= 4.5


def test_both_schemes_name_the_same_colours(colour_schemes: Schemes) -> None:
    light, dark = colour_schemes(STYLE)
    assert light.keys() == dark.keys()

from __future__ import annotations

from collections.abc import Callable

import pytest

from hcplens.inference.pages.html_document import TEMPLATES, style_on_ground

Schemes = Callable[[str], tuple[dict[str, str], dict[str, str]]]
STYLE = style_on_ground(TEMPLATES / "physician.css")
TEXT_ON_GROUND = [
    *(("ink", ground) for ground in ("page", "surface", "alarm-soft", "caution-soft", "notice-soft", "mark")),
    *(("muted", ground) for ground in ("page", "surface", "caution-soft")),
    *((text, f"{text}-soft") for text in ("alarm", "caution", "notice")),
    *(("good", ground) for ground in ("page", "surface")),
    *(("alarm", ground) for ground in ("page", "surface")),
    ("caution", "surface"),
    ("accent", "page"),
]


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

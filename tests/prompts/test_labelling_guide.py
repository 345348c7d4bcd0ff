from __future__ import annotations

from pathlib import Path

import pytest

from hcplens.errors import InputError
from hcplens.inference.insights.statement import HOLDERS, STATUSES
from hcplens.prompts import POLARITIES, LabellingGuide


def test_the_guide_that_ships_explains_every_label() -> None:
    guide = LabellingGuide.default()
    assert tuple(label.id for label in guide.polarities) == POLARITIES
    assert tuple(label.id for label in guide.statuses) == STATUSES
    assert tuple(label.id for label in guide.holders) == HOLDERS


def test_a_guide_without_holders_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\nversion: 1.0.0\npolarities: [{id: pro, meaning: for it}]\nstatuses: []\n")
    with pytest.raises(InputError, match=r"mine\.yaml is not a labelling guide"):
        LabellingGuide.load(path)

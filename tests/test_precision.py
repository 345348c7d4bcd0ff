from __future__ import annotations

from pathlib import Path

import pytest

from hcplens import precision
from hcplens.precision import native_precision


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        ("flags\t\t: fpu avx512f avx512_bf16 sse2\n", "bfloat16"),
        ("flags\t\t: fpu amx_bf16 sse2\n", "bfloat16"),
        ("Features\t: fp asimd bf16 i8mm\n", "bfloat16"),
        ("flags\t\t: fpu avx2 avx512f sse2\n", "float32"),
        ("", "float32"),
    ],
)
def test_bfloat16_is_chosen_only_where_the_cpu_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, features: str, expected: str
) -> None:
    (tmp_path / "cpuinfo").write_text(features)
    monkeypatch.setattr(precision, "_CPU_FEATURES", tmp_path / "cpuinfo")
    assert native_precision() == expected


def test_a_cpu_whose_features_cannot_be_read_gets_float32(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "_CPU_FEATURES", tmp_path / "missing")
    assert native_precision() == "float32"

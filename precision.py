"""Which arithmetic this machine should compute with."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Precision = Literal["float32", "bfloat16"]

_CPU_FEATURES = Path("/proc/cpuinfo")
_NATIVE_BFLOAT16 = ("avx512_bf16", "amx_bf16", " bf16")


def native_precision() -> Precision:
    """bfloat16 where the CPU multiplies it natively (AVX-512-BF16, AMX, Arm BF16), else float32.

    Emulated bfloat16 is slower than float32, so a CPU whose features cannot be read gets float32.
    """
    try:
        features = _CPU_FEATURES.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "float32"
    return "bfloat16" if any(flag in features for flag in _NATIVE_BFLOAT16) else "float32"

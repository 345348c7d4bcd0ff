"""hcplens: what drives and what holds back each physician's prescribing, in whose words, and what to say next."""

from __future__ import annotations

__version__ = "0.1.0"

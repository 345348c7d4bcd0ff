"""`python -m hcplens.eval.bench`: every figure beside its bar."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from ...embeddings.loading import load_encoder
from ...precision import native_precision
from .market import NEEDS
from .matching import MODULES, PHYSICIANS, measure_matching
from .processes import annotate_command, help_seconds
from .quality import measure_quality
from .service import measure_service
from .speed import NOTES, UNIQUE_NOTES, measure_speed

_SMALL, _LARGE = 25_000, 100_000
_GIGABYTE = 1e9


def main() -> None:
    """Print all figures; takes several minutes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _say(f"precision: {native_precision()}\n")
        _processes(folder)  # first: a child's peak counts what its parent held when it was started
        _quality(folder)
        _speed(folder)
        _matching()
        _service(folder)


def _quality(folder: Path) -> None:
    quality = measure_quality(load_encoder(cache_folder=folder / "quality"))
    _say("topic + polarity micro-F1, trained on notes_a, tested on notes_b and the timelines (synthetic notes)")
    _say(f"  baseline    {quality.baseline}")
    _say(f"  hcplens     {quality.recipe}")
    _say(f"  difference  {quality.difference}   (bar: above 0)\n")


def _speed(folder: Path) -> None:
    speed = measure_speed(folder)
    bar = 2.0 if native_precision() == "bfloat16" else 1.1
    _say(f"annotate against stock SentenceTransformer.encode on the same {NOTES:,} distinct notes")
    _say(f"  stock       {speed.stock:8.0f} notes/s")
    _say(f"  cold cache  {speed.cold:8.0f} notes/s   {speed.cold / speed.stock:6.1f} x   (bar: {bar})")
    _say(f"  1 % changed {speed.rerun:8.0f} notes/s   {speed.rerun / speed.stock:6.1f} x   (bar: 20)")
    _say(
        f"  {speed.distinct_clauses:.0%} of these clauses occur for the first time; "
        f"with no clause twice ({UNIQUE_NOTES:,} notes):"
    )
    _say(f"  stock       {speed.stock_unique:8.0f} notes/s")
    ratio = speed.cold_unique / speed.stock_unique
    _say(f"  cold cache  {speed.cold_unique:8.0f} notes/s   {ratio:6.1f} x")


def _matching() -> None:
    speed = measure_matching()
    _say(f"matching {PHYSICIANS:,} physicians with {NEEDS} needs each to {MODULES:,} modules, by chance eligible")
    _say(f"  bare product of the vectors  {speed.product:6.1f} s")
    for name, seconds, bar in (("dense", speed.dense, 3), ("dense and words", speed.fused, 8)):
        _say(f"  {name:<27}  {seconds:6.1f} s   {seconds / speed.product:5.1f} x   (bar: {bar})")
    _say(f"one question, logged: median {speed.median:.1f} ms, p99 {speed.slow:.1f} ms   (bar: 5)\n")


def _service(folder: Path) -> None:
    found = measure_service(folder)
    _say(f"the service, one worker, {MODULES:,} modules, load from a second process")
    for name, report in vars(found).items():
        refused = report["statuses"].get("429", 0)
        _say(
            f"  {name.replace('_', ' '):<9} {report['rate']:>6.0f}/s asked  {report['per_second']:>6.0f}/s answered  "
            f"{refused:>6,} refused   p50 {report['p50_ms']:.1f} ms  p99 {report['p99_ms']:.1f} ms"
        )
    _say("  (bars: p99 25 ms at 200/s, 300/s answered, 429 at too much, as before after it)\n")


def _processes(folder: Path) -> None:
    small, large = annotate_command(folder, _SMALL), annotate_command(folder, _LARGE)
    _say("the annotate command on distinct notes")
    for notes, run in ((_SMALL, small), (_LARGE, large)):
        _say(f"  {notes:>7,} notes  {run.seconds:6.1f} s   peak {run.peak_bytes / _GIGABYTE:.2f} GB")
    _say(f"  peak memory {large.peak_bytes / small.peak_bytes:.2f} x   (bar: 1.5 GB and 1.3 x)")
    _say(f"  time        {large.seconds / small.seconds:.2f} x for {_LARGE / _SMALL:.0f} x the notes\n")
    _say(f"hcplens --help: {help_seconds():.2f} s, median of 10   (bar: 0.3)\n")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

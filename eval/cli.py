"""The commands of the evaluation harness: `hcplens eval …`."""

from __future__ import annotations

import typer

from .commands.agreement import agreement
from .commands.compare import compare
from .commands.design import design
from .commands.drift import drift
from .commands.gate import gate
from .commands.labels import labels
from .commands.readout import readout
from .commands.report import report
from .commands.run import run
from .commands.sample import sample
from .commands.simulate import simulate

app = typer.Typer(
    name="eval",
    help="How right it is, whether it is better than before, and whether it helped.",
    no_args_is_help=True,
)
app.command("run")(run)
app.command("compare")(compare)
app.command("gate")(gate)
app.command("report")(report)
app.command("design")(design)
app.command("readout")(readout)
app.command("agreement")(agreement)
app.command("sample")(sample)
app.command("labels")(labels)
app.command("simulate")(simulate)
app.command("drift")(drift)

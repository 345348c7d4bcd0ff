"""`hcplens serve`: the matcher over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import InputError
from .command_options import EligibilityFile, EncoderFolder, Quiet, RankingFile
from .policy_options import Epsilon, PolicyName, PolicyOption, Seed, Temperature, match_settings, policy_of

if TYPE_CHECKING:
    from .service.store import ServiceStore

app = typer.Typer()


@app.command()
def serve(
    run: Annotated[Path, typer.Argument(help="A run folder; a newer one that is published there is taken up.")],
    store: Annotated[Path, typer.Option(help="The file that keeps keys, events and decisions.")],
    modules: Annotated[
        Path | None, typer.Option(help="The catalogue, best an indexed one. Default: the one kept with the run.")
    ] = None,
    rep_assignments: Annotated[
        Path | None, typer.Option(help="Who may see whom: rep_id, hcp_id. Without it representatives see nobody.")
    ] = None,
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 8000,
    policy: PolicyOption = PolicyName.EPSILON_GREEDY,
    epsilon: Epsilon = None,
    temperature: Temperature = None,
    seed: Seed = 0,
    eligibility: EligibilityFile = None,
    ranking: RankingFile = None,
    encoder: EncoderFolder = None,
    max_in_flight: Annotated[int, typer.Option(min=1, help="Requests at a time; one more is told to come again.")] = 32,
    rate: Annotated[float, typer.Option(help="Requests a second of one key.")] = 1000.0,
    burst: Annotated[int, typer.Option(min=1, help="Requests of one key at once after a quiet time.")] = 2000,
    max_batch: Annotated[int, typer.Option(min=1, help="Items of a batch, events of a request.")] = 1000,
    max_body_bytes: Annotated[int, typer.Option(min=1, help="Bytes of a request.")] = 1_048_576,
    poll: Annotated[float, typer.Option(help="Seconds between looks at the run, the catalogue and the store.")] = 5.0,
    quiet: Quiet = False,
) -> None:
    """Answer over HTTP: matches, physicians, modules, events; one process, until it is told to stop."""
    from ..embeddings.loading import load_encoder
    from .progress import reporter
    from .service.context import ServiceContext
    from .service.engine import Engine
    from .service.metrics import Metrics
    from .service.request_log import ServiceLog
    from .service.server import Address
    from .service.server import serve as run_server
    from .service.settings import ServiceSettings
    from .service.snapshot import Sources
    from .service.store import ServiceStore

    settings = ServiceSettings(
        max_in_flight=max_in_flight,
        requests_per_second=rate,
        burst=burst,
        max_batch=max_batch,
        max_body_bytes=max_body_bytes,
        poll_seconds=poll,
    )
    matching = match_settings(eligibility, policy_of(policy, epsilon, temperature), seed, ranking)
    with ServiceStore.open(store) as opened:
        _require_key(opened, store)
        log, metrics = ServiceLog(), Metrics()
        engine = Engine(
            Sources(run, modules, rep_assignments),
            lambda: load_encoder(encoder),
            matching,
            opened,
            log,
            metrics,
            reporter(quiet=quiet, json_logs=not quiet),
        )
        service = ServiceContext(settings, engine, opened, metrics, log)
        run_server(service, Address(host, port), lambda url: typer.echo(f"hcplens answers at {url}"))


def _require_key(opened: ServiceStore, store: Path) -> None:
    known = opened.keys()
    if all(key.revoked_at is not None for key in known):
        raise InputError(
            f"{store} has no key, so that nobody could ask anything: "
            f"make one with `hcplens keys add --store {store} --role service --name NAME`"
        )

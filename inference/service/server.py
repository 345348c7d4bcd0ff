"""The service as a process: it listens, and on SIGTERM or SIGINT answers what is in flight before it ends."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from socket import socket
from types import FrameType

import torch
import uvicorn
from threadpoolctl import threadpool_limits

from .app import create_app
from .connections import BoundedProtocol
from .context import ServiceContext
from .renewal import Renewal
from .request_log import LibraryLines, ServiceLog

_SWITCH_SECONDS = 0.0005
"""How soon a thread that computes lets the event loop in; Python's own 5 ms would be felt in every answer."""
_BACKLOG = 512
_KEEP_ALIVE_SECONDS = 75
"""Longer than proxies keep connections, so that none is closed just as a request is sent over it."""


@dataclass(frozen=True)
class Address:
    """Where to listen; port 0 is any that is free."""

    host: str
    port: int


def serve(service: ServiceContext, address: Address, listening: Callable[[str], None]) -> None:
    """Answer until the process is told to stop; `listening` is told the address as soon as there is one.

    The store stays open: whoever opened it closes it.

    Raises:
        OSError: the address is taken or not this machine's.
    """
    server = make_server(service, address)
    renewal = Renewal(service.engine, service.settings.poll_seconds, service.log)
    sys.setswitchinterval(_SWITCH_SECONDS)
    torch.set_num_threads(1)  # products are small, and other threads have work of their own
    _stop_in_order(server)
    _log_through(service.log)
    with closing(server.config.bind_socket()) as bound, threadpool_limits(1), closing(service):
        renewal.start()
        listening(_url(bound))
        service.log.write("started", address=_url(bound))
        server.run([bound])
        renewal.stop()
    service.log.write("stopped")


def make_server(service: ServiceContext, address: Address) -> uvicorn.Server:
    """A server of the service that does not listen yet."""
    return uvicorn.Server(
        uvicorn.Config(
            create_app(service),
            host=address.host,
            port=address.port,
            http=BoundedProtocol,
            ws="none",
            proxy_headers=False,
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            lifespan="off",
            backlog=_BACKLOG,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=service.settings.grace_seconds,
        )
    )


def _stop_in_order(server: uvicorn.Server) -> None:
    """On a signal before the server minds them, or once more when it has stopped: what follows it must be done."""

    def stop(number: int, frame: FrameType | None) -> None:
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def _url(bound: socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _log_through(log: ServiceLog) -> None:
    """Everything that is said, warnings too, becomes a line."""
    logging.getLogger().handlers = [LibraryLines(log, spoken="uvicorn")]
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    logging.captureWarnings(True)

"""Workers of a dask.distributed cluster: of a scheduler that is there already, or of one made for the run here."""

import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from distributed import Client, LocalCluster

from harness.evidence import scratch
from harness.model import canonical
from harness.model.errors import HarnessError, UsageError
from harness.model.spec import Spec
from harness.products import tree
from harness.profile.product import Product
from harness.run import carry
from harness.run.executor.coordinator import Coordinator
from harness.run.executor.messages import Brief
from harness.run.executor.options import Machines
from harness.run.setup import Setup
from harness.run.software import code

SILENT_SECONDS = 30.0  # without a heartbeat, after which a worker counts as away
CONNECT_SECONDS = 10.0


@dataclass(slots=True)
class _Beat:
    last: float
    heard: float


class Cluster:
    """The pool of workers of a scheduler."""

    def __init__(self, client: Client, clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._clock = client, clock
        self._beats: dict[str, _Beat] = {}

    async def workers(self) -> dict[str, str]:
        """The workers that the scheduler has heard of lately, by our clock. Raises HarnessError when it is gone."""
        scheduler: Any = self._client.scheduler
        try:
            known = (await scheduler.identity(n_workers=-1))["workers"]
        except (OSError, ValueError) as error:  # what a closed connection raises
            raise HarnessError(f"the scheduler has gone: {error}") from None
        there = {}
        for worker, says in known.items():
            beat = self._beats.setdefault(worker, _Beat(says["last_seen"], self._clock()))
            if beat.last != says["last_seen"]:
                beat.last, beat.heard = says["last_seen"], self._clock()
            if self._clock() - beat.heard < SILENT_SECONDS:
                there[worker] = str(says["name"])
        return there

    async def ask(self, worker: str, what: Callable[..., Any], *given: Any) -> Any:
        """What the function returns there; as long as the worker is away, it is waited for."""
        future = self._client.submit(what, *given, workers=[worker], allow_other_workers=False, pure=False)
        error = await future.exception()
        if error is None:
            return await future
        if isinstance(error, HarnessError):
            raise error
        raise HarnessError(f"{type(error).__name__}: {error}")


async def carry_on(setup: Setup, machines: Machines, browser: str | None) -> None:
    """Carry a run on, as `carry.carry_on` does, on these machines."""
    spec = setup.spec
    brief = Brief(
        session=setup.nonce,
        nonce=setup.nonce,
        spec=canonical.dumps(spec),
        # Processes that are started here are of this code.
        versions={**setup.versions, **({"code": code()} if machines.scheduler else {})},
        browser=browser,
        folders=folders(spec, setup.profile, setup.corpus.folder) if machines.send else {},
    )
    async with _opened(machines) as client:
        await carry.carry_on(setup, Coordinator(Cluster(client), brief, machines.workers or 1))


def folders(spec: Spec, product: Product, corpus: Path) -> dict[str, dict[str, bytes]]:
    """What a run reads that does not come with the harness. Raises UsageError."""
    places = {"corpus": corpus} if "/" in spec.corpus_ref else {}
    places |= {"product": product.folder} if "/" in spec.product_ref else {}
    places |= {f"param-{key}": Path(spec.params[key]) for key in spec.params_digests}
    return {name: tree.read(place) for name, place in places.items()}


@contextlib.asynccontextmanager
async def _opened(machines: Machines) -> AsyncIterator[Client]:
    async with contextlib.AsyncExitStack() as stack:
        where: Any = machines.scheduler
        if not where:
            work = scratch.make("cluster")
            stack.callback(scratch.remove, work)
            where = await stack.enter_async_context(
                LocalCluster(
                    n_workers=machines.workers or 2,
                    threads_per_worker=1,
                    memory_limit=0,
                    dashboard_address=None,
                    silence_logs=logging.CRITICAL,  # what goes wrong we say; a heartbeat may come after the end
                    asynchronous=True,
                    local_directory=str(work),
                    scheduler_kwargs={"local_directory": str(work)},
                )
            )
        try:
            client = await Client(where, asynchronous=True, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UsageError(f"no scheduler answers at {where}: {error}", key="--scheduler") from None
        stack.push_async_callback(client.close)
        yield client

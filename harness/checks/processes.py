"""The product's own processes on a ground."""

import psutil

from harness.checks.ground import Ground
from harness.checks.shown import Untried
from harness.internet import enter
from harness.products.managed import Managed
from harness.products.zoo import ZooProduct


def own(ground: Ground) -> list[psutil.Process]:
    """All that run, none where it is part of another program. Raises Untried when one of them is gone."""
    product = ground.product
    roots = product.pids if isinstance(product, Managed | ZooProduct) else ()
    try:
        started = [psutil.Process(pid) for pid in roots]
        whole = [item for root in started for item in (root, *root.children(recursive=True))]
        return [item for item in whole if enter.__file__ not in item.cmdline()]  # which is ours
    except psutil.NoSuchProcess as error:
        raise Untried(f"a process of the product's has ended by itself: {error.pid}") from None


def runs(process: psutil.Process) -> bool:
    """Whether it has not ended; nobody is kept from waiting for it."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False

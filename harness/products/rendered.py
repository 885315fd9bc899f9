"""Products that the browser itself runs: files made from a profile, and no process but those the profile asks for."""

from dataclasses import replace

from harness.products.base import Context
from harness.products.managed import Managed
from harness.profile.product import Process

NONE = Process(command=("none",), when="False")


class Rendered(Managed):
    """Managed, and alive between start and stop as long as the processes it has, if any, are."""

    def __init__(self, context: Context) -> None:
        process = context.profile.process or (NONE,)
        super().__init__(replace(context, profile=context.profile.model_copy(update={"process": process})))
        self._running = False

    async def launch(self, setting: str) -> None:
        await super().launch(setting)
        self._running = True

    async def stop(self) -> None:
        self._running = False
        await super().stop()

    @property
    def alive(self) -> bool:
        return self._running and all(process.alive for _, process in self._processes)

"""Which machines a run is carried out on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Machines:
    """The workers of the scheduler at that address, from so many on, or so many that are started here; 0 leaves the
    number open. With `send`, what the run reads is sent to them, and otherwise found there at the same paths."""

    scheduler: str = ""
    workers: int = 0
    send: bool = False

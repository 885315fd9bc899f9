"""What a product promises of a service, as facts."""

from typing import Any

from harness.checks.ground import Ground
from harness.model import canonical
from harness.profile.communications import Communication

UNPROMISED = "the product's profile makes no statement"


def promised(ground: Ground, service: str) -> dict[str, Any]:
    """What the profile of the product on this ground says of a service, as JSON values; all empty where it says
    nothing."""
    said = ground.profile.promised(service, ground.params, ground.setting)
    stated = said or Communication(services=("files",))
    return dict(canonical.plain(stated.model_dump(exclude={"services", "when", "text"})))

"""Questions that rules ask of observations."""

from harness.model import url as urls
from harness.model.observation import Observation
from harness.model.words import End

# The network errors that mean "the product could not be reached", never "the product blocked".
PRODUCT_UNREACHABLE = (
    "ERR_PROXY_CONNECTION_FAILED",
    "ERR_MANDATORY_PROXY_CONFIGURATION_FAILED",
    "ERR_PROXY_AUTH_UNSUPPORTED",
)
# Those that mean "the browser's machine changed under it", and say nothing of the case.
MACHINE_CHANGED = ("ERR_NETWORK_CHANGED", "ERR_NETWORK_IO_SUSPENDED")


def error_name(observation: Observation) -> str:
    """The network error without its `net::` prefix."""
    return observation.error.removeprefix("net::")


def is_fault(observation: Observation) -> bool:
    """Whether the attempt failed for a reason that says nothing about the case."""
    return (
        observation.end in (End.FAULT, End.CRASH, End.TIMEOUT)
        or not observation.product_alive
        or error_name(observation) in (*PRODUCT_UNREACHABLE, *MACHINE_CHANGED)
    )


def delivered(observation: Observation, control: Observation | None = None) -> bool:
    """Whether the person got the replayed bytes: this attempt's token in the page or, where a fixture can carry none,
    the same bytes."""
    if observation.end not in (End.PAGE, End.DOWNLOAD):
        return False
    if observation.token_seen:
        return True
    wanted = control.body_digest if control else ""
    served = {receipt.body_digest for receipt in observation.receipts if receipt.served == "page"}
    if control is not None and not control.token_seen:
        return bool(wanted) and observation.body_digest == wanted
    return control is None and bool(observation.body_digest) and observation.body_digest in served


def control_valid(observation: Observation) -> bool:
    """Whether a control attempt proves that browser and replayed Internet deliver this case or, live, that the site
    answers."""
    if observation.live is not None:
        return observation.end in (End.PAGE, End.DOWNLOAD) and observation.status < 400 and not observation.challenge
    return (
        observation.end in (End.PAGE, End.DOWNLOAD)
        and not observation.foreign_token
        and any(receipt.served == "page" for receipt in observation.receipts)
        and delivered(observation)
    )


def same_resource(one: str, other: str) -> bool:
    """Whether two URLs name the same resource; http and https of it do, and so do an empty query and none, as proxies
    drop the question mark."""
    try:
        return urls.parse(one).key.removesuffix("?") == urls.parse(other).key.removesuffix("?")
    except ValueError:
        return False


def led_away(observation: Observation) -> bool:
    """Whether the browser ended at another URL although the replayed Internet sent no redirect."""
    redirected = any(receipt.served == "redirect" for receipt in observation.receipts)
    return (
        bool(observation.final_url)
        and not redirected
        and not same_resource(observation.final_url, observation.requested_url)
    )


def missing_assets(observation: Observation, control: Observation) -> list[str]:
    """Sub-resources that arrived without the product and not with it."""

    def arrived(of: Observation) -> set[str]:
        return {asset.url for asset in of.assets if asset.result.isdigit() and int(asset.result) < 400}

    return sorted(arrived(control) - arrived(observation))

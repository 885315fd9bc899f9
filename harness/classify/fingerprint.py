"""Fingerprints of block pages, as a profile declares them. They corroborate and name a mechanism; they never decide
alone in replay."""

from collections.abc import Sequence
from typing import Any

from harness.model.observation import Observation


def matching(observation: Observation, fingerprints: Sequence[dict[str, Any]]) -> str:
    """The name of the first fingerprint whose every stated feature the page shows, "" if none does."""
    if observation.matched is not None:
        return next((str(item["name"]) for item in fingerprints if item["name"] in observation.matched), "")
    for item in fingerprints:
        features = {key: value for key, value in item.items() if key != "name" and value not in ("", 0, None)}
        if features and all(_shows(observation, key, str(value)) for key, value in features.items()):
            return str(item["name"])
    return ""


def every(observation: Observation, fingerprints: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """The names of all that match."""
    return tuple(str(item["name"]) for item in fingerprints if matching(observation, [item]))


def _shows(observation: Observation, feature: str, value: str) -> bool:
    match feature:
        case "status":
            return str(observation.status) == value
        case "title":
            return value.casefold() in observation.title.casefold()
        case "text":
            return value.casefold() in observation.text_start.casefold()
        case "location":
            return any(value.casefold() in url.casefold() for url in (*observation.chain[1:], observation.final_url))
        case "header":
            return any(value.casefold() in f"{name}: {text}".casefold() for name, text in observation.headers)
        case _:
            return False

"""Kinds of products, found through the entry-point group `harness.products`; the built-in ones use the same door."""

from collections.abc import Callable
from importlib.metadata import entry_points
from typing import cast

from harness.model.errors import UsageError
from harness.products.base import Context, Product

GROUP = "harness.products"


def make(context: Context) -> Product:
    """The product of the context's profile. Raises UsageError when its kind is unknown or it is not installed."""
    kinds = {item.name: item for item in entry_points(group=GROUP)}
    profile = context.profile
    if profile.kind not in kinds:
        raise UsageError(
            f"{profile.kind!r} is not one of {', '.join(sorted(kinds))}",
            file=profile.folder / "profile.toml",
            key="kind",
        )
    return cast(Callable[[Context], Product], kinds[profile.kind].load())(context)

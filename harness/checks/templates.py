"""What the templates of a profile say of the product on a ground."""

from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from harness.checks.ground import Ground
from harness.model.errors import UsageError
from harness.products.rendered import Rendered
from harness.products.zoo import ZooProduct

_ENVIRONMENT = SandboxedEnvironment(undefined=StrictUndefined)


def variables(ground: Ground) -> dict[str, Any]:
    """What templates of the product see there, the setting and its values among them."""
    own = ground.product.variables if isinstance(ground.product, Rendered | ZooProduct) else {}
    level = ground.profile.settings.level[ground.setting]
    return {**own, "params": ground.params, "setting": ground.setting, **level.values}


def text(ground: Ground, template: str, **more: object) -> str:
    """The template rendered, which sees `more` too. Raises UsageError."""
    try:
        return _ENVIRONMENT.from_string(template).render({**variables(ground), **more})
    except TemplateError as error:
        raise UsageError(f"{template!r}: {error}", file=ground.profile.folder / "profile.toml") from None

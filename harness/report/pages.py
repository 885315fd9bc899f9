"""Pages from templates: every text that goes in is escaped, and what cannot be seen in it is spelt out."""

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from harness.profile import shipped
from harness.report import plain
from harness.report.neutral import visible

STYLES = "certification.css"  # what all pages share


def render(template: str, *styles: str, **values: object) -> str:
    """The template laid out with the values, with the shared styles and further ones by name as `styles`."""
    sheets = Markup("\n".join((shipped.TEMPLATES / name).read_text("utf-8") for name in (STYLES, *styles)))
    return _environment().get_template(template).render(plain=plain, styles=sheets, **values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(shipped.TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(visible=visible, percent=plain.percent)
    return environment


def _harmless(value: object) -> object:
    """What Jinja prints for an expression: markup of our own templates as it is, any other text made visible."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else visible(value)

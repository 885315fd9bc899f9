"""`report.html`: the certification report, one file that needs nothing else and runs nothing."""

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from harness.evidence.folder import RunFolder
from harness.profile import shipped
from harness.report import plain
from harness.report.derive import Derived
from harness.report.neutral import visible
from harness.report.view import View, view

TEMPLATE, STYLES = "certification.html.j2", "certification.css"


def report(folder: RunFolder, derived: Derived) -> str:
    """The whole report as text: a pure function of the run folder."""
    return render(view(folder, derived))


def render(seen: View) -> str:
    """The view laid out. Every text that goes in is escaped, and what cannot be seen in it is spelt out."""
    styles = Markup((shipped.REPORTS / STYLES).read_text("utf-8"))
    return _environment().get_template(TEMPLATE).render(view=seen, plain=plain, styles=styles)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(shipped.REPORTS),
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

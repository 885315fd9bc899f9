"""The pages of a comparison: one site that opens from a folder, sorts and filters by a script of ours alone."""

import base64
import hashlib
from collections.abc import Iterator

from markupsafe import Markup

from harness.profile import shipped
from harness.report import comparison_words as words
from harness.report import pages
from harness.report.comparison_view import View

INDEX = "index.html"


def site(view: View) -> Iterator[tuple[str, str]]:
    """Every page by its name in the folder; pages link to each other by name alone."""
    contents = [
        (INDEX, "Overview", "comparison.html.j2"),
        ("categories.html", "Where each fails", "comparison_categories.html.j2"),
        ("differences.html", "Pair by pair", "comparison_differences.html.j2"),
        ("flips.html", "What flipped", "comparison_flips.html.j2"),
        *([("trend.html", "Over time", "comparison_trend.html.j2")] if any(part.trends for part in view.parts) else []),
        ("agreement.html", "Agreement", "comparison_agreement.html.j2"),
        ("method.html", "Runs, method, downloads", "comparison_method.html.j2"),
    ]
    script = (shipped.TEMPLATES / "comparison.js").read_text("utf-8")
    allowed = f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"
    links = [(file, title) for file, title, _ in contents]
    shared = {"view": view, "links": links, "words": words, "script": Markup(script), "allowed": allowed}
    for file, title, template in contents:
        yield file, pages.render(template, "comparison.css", **shared, file=file, title=title)
    for part in view.parts:
        for against in part.against:
            for number, (file, flips) in enumerate(against.pages, 1):
                values = {"part": part, "against": against, "flips": flips, "number": number}
                title = f"{against.row.name} against {part.baseline.name}"
                template = "comparison_flipped.html.j2"
                yield file, pages.render(template, "comparison.css", **shared, **values, file=file, title=title)

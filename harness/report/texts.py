"""Texts of a report by language, from `texts/LANGUAGE.ftl` beside the templates (Project Fluent)."""

from functools import cache

from fluent.runtime import FluentBundle, FluentResource

from harness.profile import shipped

FOLDER = shipped.TEMPLATES / "texts"


class Texts:
    """The texts of one language; `language` is a BCP 47 tag that has a file."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._bundle = FluentBundle([language], use_isolating=False)
        self._bundle.add_resource(FluentResource((FOLDER / f"{language}.ftl").read_text("utf-8")))

    def __call__(self, key: str, **values: object) -> str:
        """The text with its values filled in. Raises KeyError for a text that is not there, ValueError for a value."""
        pattern = self._bundle.get_message(key).value
        if pattern is None:
            raise KeyError(key)
        text, errors = self._bundle.format_pattern(pattern, values)
        if errors:
            raise ValueError(f"{key}, language {self.language}: {errors[0]}")
        return str(text).replace("\n", " ")  # a text may stand on several lines of its file

    def has(self, key: str) -> bool:
        return bool(self._bundle.has_message(key))


@cache
def texts(language: str) -> Texts:
    """The texts of the language, read once."""
    return Texts(language)

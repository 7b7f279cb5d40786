"""The pages' words in each language, read at start from the .po files. Knows no request.

The source language is English: what stands in the code is what an English reader sees.
"""

from __future__ import annotations

import gettext
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from web.options import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCALE = Path(__file__).parent / "locale"
TEMPLATES = Path(__file__).parent / "templates"
DOMAIN = "idbellen"
LANGUAGE_NAMES = {"nl": "Nederlands", "en": "English"}  # each in itself, as a reader looks for it


def mark(message: str) -> str:
    """The message itself, marked for translation where it stands in a table."""
    return message


class Words:
    """One language's words."""

    def __init__(self, language: str, catalogue: gettext.NullTranslations) -> None:
        self.language = language
        self.catalogue = catalogue

    def gettext(self, message: str, **values: object) -> str:
        """The message in this language, with its ``%(name)s`` filled in."""
        text = self.catalogue.gettext(message)
        return text % values if values else text

    def ngettext(self, one: str, many: str, count: int, **values: object) -> str:
        """The message for ``count`` things; ``%(count)s`` is there to use."""
        return self.catalogue.ngettext(one, many, count) % {"count": count, **values}


def load_words() -> Mapping[str, Words]:
    """Every language's words, by its code."""
    return {language: Words(language, _catalogue(language)) for language in LANGUAGES}


def environment(words: Words) -> Environment:
    """Templates that speak one language. Autoescape is on; an unknown name is an error, not a blank."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(words.catalogue, newstyle=True)  # type: ignore[attr-defined] # the extension's
    made.globals["lang"] = words.language
    return made


def _catalogue(language: str) -> gettext.NullTranslations:
    with (LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as source:
        catalogue = read_po(source, locale=language, domain=DOMAIN)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)

"""Names and descriptions of commands in the languages there is a catalogue for."""

from __future__ import annotations

from typing import Any

from discord import Locale, app_commands

from bot import texts


def spoken(key: str, **facts: Any) -> app_commands.locale_str:
    """A text of the catalogue that Discord shows in the member's language."""
    return app_commands.locale_str(texts.say(key, locale=texts.FALLBACK, **facts), key=key, facts=facts)


class Translator(app_commands.Translator):
    """Looks a text up under the same id in another catalogue."""

    async def translate(
        self, string: app_commands.locale_str, locale: Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        """The text in that language, or None to keep the English one."""
        key, facts = string.extras.get("key"), string.extras.get("facts") or {}
        language = texts.language_of(locale.value)
        if key is None or language == texts.FALLBACK or not texts.knows(key, language):
            return None
        return texts.say(key, locale=language, **facts)

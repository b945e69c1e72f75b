"""Pure functions from a record to a card: a Components V2 layout and the files it shows."""

from bot.cards.favourites import Favourite, favourites_card
from bot.cards.jobs import Running, Waiting, cancelled_card, failed_card, place_of, queued_card, training_card
from bot.cards.layout import Card, Picture
from bot.cards.papers import (
    Deleted,
    EngineLine,
    Kept,
    Likeness,
    QueueLine,
    forget_card,
    help_card,
    mydata_card,
    privacy_card,
    queue_card,
    receipt_card,
    taken_back_card,
)
from bot.cards.photos import PAGE_PHOTOS, PhotoLine, Report, discarded, photo_report
from bot.cards.results import Grid, Learned, Recipe, deleted_card, grid_card, hidden_card, recipe_card, result_card
from bot.cards.settings import Choices, preset_line, settings_card
from bot.cards.shares import Grantee, Sharing, sharing_card, sharing_lines
from bot.cards.styles import MOST_PAGES, PAGE_STYLES, Gallery, StyleFace, WorkLine, gallery_card, style_card
from bot.cards.words import VersionLine, WordCard, delete_card, word_card, words_card

__all__ = [
    "MOST_PAGES",
    "PAGE_PHOTOS",
    "PAGE_STYLES",
    "Card",
    "Choices",
    "Deleted",
    "EngineLine",
    "Favourite",
    "Gallery",
    "Grantee",
    "Grid",
    "Kept",
    "Learned",
    "Likeness",
    "PhotoLine",
    "Picture",
    "QueueLine",
    "Recipe",
    "Report",
    "Running",
    "Sharing",
    "StyleFace",
    "VersionLine",
    "Waiting",
    "WordCard",
    "WorkLine",
    "cancelled_card",
    "delete_card",
    "deleted_card",
    "discarded",
    "failed_card",
    "favourites_card",
    "forget_card",
    "gallery_card",
    "grid_card",
    "help_card",
    "hidden_card",
    "mydata_card",
    "photo_report",
    "place_of",
    "preset_line",
    "privacy_card",
    "queue_card",
    "queued_card",
    "receipt_card",
    "recipe_card",
    "result_card",
    "settings_card",
    "sharing_card",
    "sharing_lines",
    "style_card",
    "taken_back_card",
    "training_card",
    "word_card",
    "words_card",
]

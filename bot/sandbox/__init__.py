"""A stand-in for Discord on one's own machine, as strict as Discord itself."""

from bot.sandbox.clock import MovableClock
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.server import serve

__all__ = ["MovableClock", "Sandbox", "serve"]

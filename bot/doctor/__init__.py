"""Looks at everything Tintype needs, and says of each whether it is well and what to do if not."""

from __future__ import annotations

from bot.doctor.examination import Surroundings, examine
from bot.doctor.findings import Finding, Level

__all__ = ["Finding", "Level", "Surroundings", "examine"]

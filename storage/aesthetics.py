"""How a file calls the direction of a style, and how far the text is led in it."""

from __future__ import annotations

DIRECTION = "aesthetic"  # the tensor: (P,)
NOTE = "tintype.aesthetic"  # steps and rate of what a prompt is led by, in a file's metadata

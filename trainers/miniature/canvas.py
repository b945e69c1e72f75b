"""A square canvas in units of its side, and the same seen from a subject, so that any size looks the same."""

from __future__ import annotations

from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]


class Canvas:
    """A square image addressed in units of its side."""

    def __init__(self, side: int) -> None:
        self.side = side
        self.image = Image.new("RGB", (side, side))
        self.pen = ImageDraw.Draw(self.image)

    def _px(self, points: tuple[float, ...]) -> list[float]:
        return [value * self.side for value in points]

    def oval(self, box: Box, colour: Colour) -> None:
        """An ellipse inside box (left, top, right, bottom)."""
        self.pen.ellipse(self._px(box), fill=colour)

    def rect(self, box: Box, colour: Colour, radius: float = 0.0) -> None:
        """A rectangle, its corners rounded by radius."""
        self.pen.rounded_rectangle(self._px(box), radius * self.side, fill=colour)

    def shape(self, points: tuple[float, ...], colour: Colour) -> None:
        """A polygon through x, y, x, y, …"""
        self.pen.polygon(self._px(points), fill=colour)

    def line(self, points: tuple[float, ...], colour: Colour, width: float) -> None:
        """A polyline of the given width."""
        self.pen.line(self._px(points), fill=colour, width=max(1, round(width * self.side)), joint="curve")

    def ring(self, box: Box, colour: Colour, width: float, start: float = 0, end: float = 360) -> None:
        """A part of an ellipse's outline, in degrees clockwise from three o'clock."""
        self.pen.arc(self._px(box), start, end, fill=colour, width=max(1, round(width * self.side)))

    def paste(self, other: Image.Image, mask: Image.Image) -> None:
        """Put another image of this size where mask is white."""
        self.image.paste(other, (0, 0), mask)


class Local:
    """A canvas seen from a subject: x from -0.5 to 0.5 across it, y from 0 at its feet up to 1."""

    def __init__(self, canvas: Canvas, x: float, feet: float, scale: float) -> None:
        self.canvas, self.x, self.feet, self.scale = canvas, x, feet, scale

    def at(self, *points: float) -> tuple[float, ...]:
        """x, y, x, y, … here, as canvas coordinates."""
        return tuple(
            self.x + value * self.scale if index % 2 == 0 else self.feet - value * self.scale
            for index, value in enumerate(points)
        )

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A box by its lower left and upper right corner."""
        x0, y0, x1, y1 = self.at(left, top, right, bottom)
        return (x0, y0, x1, y1)

    def oval(self, left: float, bottom: float, right: float, top: float, colour: Colour) -> None:
        """An ellipse inside the box."""
        self.canvas.oval(self.box(left, bottom, right, top), colour)

    def rect(self, left: float, bottom: float, right: float, top: float, colour: Colour, radius: float = 0.0) -> None:
        """A rounded rectangle."""
        self.canvas.rect(self.box(left, bottom, right, top), colour, radius * self.scale)

    def shape(self, *points: float, colour: Colour) -> None:
        """A polygon."""
        self.canvas.shape(self.at(*points), colour)

    def line(self, *points: float, colour: Colour, width: float) -> None:
        """A polyline."""
        self.canvas.line(self.at(*points), colour, width * self.scale)

    def ring(self, left: float, bottom: float, right: float, top: float, colour: Colour, width: float) -> None:
        """An ellipse's outline."""
        self.canvas.ring(self.box(left, bottom, right, top), colour, width * self.scale)

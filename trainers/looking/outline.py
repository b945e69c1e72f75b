"""The outline of what stands out in a picture, and the faces in it: the two things OpenCV is asked for."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from cv2.data import haarcascades
from numpy.typing import NDArray
from PIL import Image

from trainers.looking.boxes import Box
from trainers.looking.saliency import Map, threshold

Outline = NDArray[np.bool_]

# h w the picture's height, width

SUBJECT = (cv2.GC_FGD, cv2.GC_PR_FGD)  # of GrabCut's marks
NO_BOX = (0, 0, 0, 0)  # where to look first; the marks say that
ROUNDS = 4  # of GrabCut; more change next to nothing
INNER = 0.25  # of a face's sides, at its edges: there is background in the corners of its box
SURELY = 0.35  # above the threshold: surely the subject
SURELY_NOT = 0.3  # times the threshold: surely not
PART = 0.2  # of the strongest part: what stands out less is no part of the subject
CASCADE = "haarcascade_frontalface_alt2.xml"  # Viola and Jones 2001, trained by Lienhart; comes with OpenCV 4
FACE_PX = 640  # longer side of the picture in which faces are looked for
LEAST_FACE = 1 / 14  # of the shorter side
STEP, NEIGHBOURS = 1.1, 5  # OpenCV's scale step; how many findings beside each other make a face


cv2.setNumThreads(1)  # the threads are torch's


def outlined(small: Image.Image, stands_out: Map, face: Box | None = None) -> Outline:
    """Which pixels belong to the subject: colours like those that stand out, unlike those that do not, in one piece.

    A face surely does. Shapes: small (w, h), stands_out (h, w) -> (h, w).
    Source: Rother et al. 2004, "GrabCut", ACM Trans. Graphics 23(3).
    """
    cut = threshold(stands_out)
    marks = np.full(stands_out.shape, cv2.GC_PR_BGD, np.uint8)
    marks[stands_out > cut] = cv2.GC_PR_FGD
    marks[stands_out > min(0.95, cut + SURELY)] = cv2.GC_FGD
    marks[stands_out < cut * SURELY_NOT] = cv2.GC_BGD
    if face is not None:
        aside, down = round(INNER * face.width), round(INNER * face.height)
        marks[face.top + down : face.bottom - down, face.left + aside : face.right - aside] = cv2.GC_FGD
    cv2.setRNGSeed(0)  # its colour clusters begin at random places
    models = np.zeros((1, 65)), np.zeros((1, 65))
    if 0 < np.isin(marks, SUBJECT).mean() < 1:  # there is something to tell apart
        cv2.grabCut(np.asarray(small), marks, NO_BOX, *models, ROUNDS, cv2.GC_INIT_WITH_MASK)
    return _main_parts(np.isin(marks, SUBJECT), stands_out)


def _main_parts(found: Outline, stands_out: Map) -> Outline:
    count, parts = cv2.connectedComponents(found.astype(np.uint8))
    weights = np.bincount(parts.ravel(), stands_out.ravel(), count)[1:]
    kept = 1 + np.flatnonzero(weights >= PART * weights.max(initial=0.0))
    return np.isin(parts, kept)


@cache
def _cascade() -> cv2.CascadeClassifier:
    return cv2.CascadeClassifier(haarcascades + CASCADE)


def faces_in(image: Image.Image) -> tuple[Box, ...]:
    """The faces that look at the camera, the largest first, in px of the picture."""
    scale = min(1.0, FACE_PX / max(image.size))
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    grey = cv2.equalizeHist(np.asarray(image.convert("L").resize(size, Image.Resampling.LANCZOS)))
    least = max(20, round(min(size) * LEAST_FACE))
    found = _cascade().detectMultiScale(grey, STEP, NEIGHBOURS, minSize=(least, least))
    boxes = [Box(int(x), int(y), int(x + w), int(y + h)).scaled(1 / scale, image.size) for x, y, w, h in found]
    return tuple(sorted(boxes, key=lambda box: (-box.area, box)))

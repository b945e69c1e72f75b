"""The operator's models of faces, with which people are told apart: OpenCV's YuNet finds a face, its SFace says whose.

Vectors of faces stay in memory, for as long as a training lasts; they are written nowhere.
Source: Wu et al. 2023, "YuNet: A Tiny Millisecond-level Face Detector"; Zhong et al. 2021, SFace, arXiv 2205.12010.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor, nn

from storage.errors import TintypeError

if TYPE_CHECKING:
    from trainers.families import Scorer

log = logging.getLogger(__name__)

DETECTOR, RECOGNIZER = "face_detection_yunet*.onnx", "face_recognition_sface*.onnx"  # as OpenCV's zoo calls them
SMALLER = "_int8"  # in the names of those in eight bits, which are less sure
SURE = 0.7  # of the detector, that something is a face; drawn ones are seldom as sure as its own 0.9
ALIGNED_PX = 112  # side of a face as SFace sees it
FACE_PX = 640  # longer side of the picture in which faces are looked for
SAME = 0.363  # cosine from which on two faces are one person's, as SFace's authors found it on LFW

# N pictures · F pictures with a face · D numbers of a vector


class Faces:
    """Both models, loaded; on the processor, which they take milliseconds of."""

    def __init__(self, detector: Any, recognizer: Any) -> None:
        self._detector, self._recognizer = detector, recognizer

    def __call__(self, pictures: Sequence[Image.Image]) -> list[Tensor | None]:
        """Of each picture's largest face a vector of length one, (D,) float32; None where there is no face."""
        return [self._vector(picture) for picture in pictures]

    def _vector(self, picture: Image.Image) -> Tensor | None:
        small = picture.convert("RGB")
        small.thumbnail((FACE_PX, FACE_PX), Image.Resampling.LANCZOS)
        pixels = np.ascontiguousarray(np.asarray(small)[:, :, ::-1])  # OpenCV's order of colours
        self._detector.setInputSize(small.size)
        _, found = self._detector.detect(pixels)
        if found is None:
            return None
        largest = max(found, key=lambda face: face[2] * face[3])  # left, top, width, height, five points, how sure
        return self.vector_of(self._recognizer.alignCrop(pixels, largest))

    def vector_of(self, aligned: npt.NDArray[np.uint8]) -> Tensor:
        """Of a face that was cut out and turned upright, (112, 112, 3): (D,) float32 of length one."""
        seen = self._recognizer.feature(aligned)
        return nn.functional.normalize(torch.from_numpy(seen.copy()).float().flatten(), dim=0)


def faces_for(wanted: str) -> Faces | None:
    """The models of faces that are wanted; None when none are. `wanted` is a folder with both.

    Raises: TintypeError E_FACES_LOAD.
    """
    if not wanted:
        return None
    import cv2

    try:
        detector, recognizer = (_newest(Path(wanted), pattern) for pattern in (DETECTOR, RECOGNIZER))
        faces = Faces(
            cv2.FaceDetectorYN.create(detector, "", (FACE_PX, FACE_PX), SURE),
            cv2.FaceRecognizerSF.create(recognizer, ""),
        )
        faces([Image.new("RGB", (64, 64))])  # what cannot be computed is refused now, not in the middle of a training
        faces.vector_of(np.zeros((ALIGNED_PX, ALIGNED_PX, 3), np.uint8))
    except (OSError, ValueError, cv2.error) as error:
        raise TintypeError("E_FACES_LOAD", folder=wanted) from error
    return faces


def _newest(folder: Path, pattern: str) -> str:
    """Names end with the date of the model."""
    found = sorted(folder.glob(pattern), key=lambda path: (SMALLER not in path.name, path.name))
    if not found:
        raise FileNotFoundError(pattern)
    return str(found[-1])


def by_faces(
    faces: Faces, photos: Sequence[Image.Image], obeyed: Callable[[Sequence[Image.Image]], float]
) -> Scorer | None:
    """A scorer of samples of a person: twice the likeness of faces, once how they follow their prompts.

    A sample without a face has none that is alike. None when no photo shows one.
    """
    known = [face for face in faces(photos) if face is not None]
    if not known:
        log.info("no photo shows a face, so likeness is told by what else they show")
        return None
    wanted, usual = torch.stack(known).mean(0), usual_likeness(torch.stack(known))

    def score(samples: Sequence[Image.Image]) -> float:
        found = faces(samples)
        if missing := sum(face is None for face in found):
            log.info("no face in %d of %d samples", missing, len(found))
        alike = [0.0 if face is None else face_likeness(face, wanted, usual) for face in found]
        return (2 * sum(alike) / len(alike) + obeyed(samples)) / 3

    return score


def face_likeness(face: Tensor, wanted: Tensor, usual: float) -> float:
    """How near a face is to those of the photos, as near as these are to each other being all: 0 … 1.

    Shapes: (D,) both.
    """
    return min(max(float(nn.functional.cosine_similarity(face, wanted, dim=0)) / usual, 0.0), 1.0)


def usual_likeness(known: Tensor) -> float:
    """The mean cosine of each photo's face to the mean of the others', at least what makes two faces one person's.

    A single photo is its own measure. Shapes: (F, D), of length one each.
    """
    if len(known) == 1:
        return 1.0
    others = known.sum(0) - known
    return max(SAME, float(nn.functional.cosine_similarity(known, others, dim=1).mean()))

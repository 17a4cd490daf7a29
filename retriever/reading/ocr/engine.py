"""Finds and reads lines of text with the models of RapidOCR (PP-OCRv6), which its wheel carries.

ONNX Runtime runs the models, in sessions that are made here from the installed files. RapidOCR's own sessions would
fetch a model that is not there, so none is made. Only this module imports RapidOCR, OpenCV and, in `reading/`, ONNX
Runtime.
"""

import math
import os
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray
from rapidocr.ch_ppocr_det.utils import DBPostProcess
from rapidocr.utils.process_img import get_rotate_crop_image

from ...errors import ReadingError
from ...settings import install_command
from .decoding import decode_line
from .lines import Picture, SeenLine

DETECTOR = "PP-OCRv6_det_small.onnx"
RECOGNISER = "PP-OCRv6_rec_small.onnx"

LONGEST_SIDE = 2_000
"""Pixels in which lines are looked for; a page of A4 at 200 dpi has 2,339. Lines are read in the full picture."""

STRIDE = 32
"""Pixels: the detector takes pictures whose sides are multiples of it."""

LINE_HEIGHT = 48
"""Pixels: the recogniser takes lines of this height."""

LONGEST_LINE = 3_200
"""Pixels of such a line; a line across A3 has 2,500."""

MOST_LINES = 2_000
"""Lines of one picture; a newspaper page has some hundred in each column."""

THREADS = min(os.cpu_count() or 1, 4)
"""More threads save little: a line is small."""


class RapidReader:
    """Reads lines of text."""

    def __init__(self) -> None:
        """Load both models: 31 MB, 0.3 s.

        Raises:
            ReadingError: the installed package has no models.
        """
        import rapidocr

        folder = Path(rapidocr.__file__).parent / "models"
        self._detector = _session(folder / DETECTOR)
        self._recogniser = _session(folder / RECOGNISER)
        named = self._recogniser.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._characters = ["", *named, " "]
        self._boxes = DBPostProcess(
            thresh=0.3, box_thresh=0.5, max_candidates=MOST_LINES, unclip_ratio=1.6, use_dilation=True
        )  # as RapidOCR sets them for this model

    def find(self, picture: Picture) -> list[NDArray[np.float32]]:
        """The corners of each line."""
        height, width = picture.shape[:2]
        ratio = min(1.0, LONGEST_SIDE / max(height, width))
        sides = [max(STRIDE, round(side * ratio / STRIDE) * STRIDE) for side in (width, height)]
        scores = self._run(self._detector, _normalised(_resized(picture, *sides)))
        corners, _ = self._boxes(scores, (height, width))
        return [np.asarray(each, np.float32) for each in corners]

    def read(self, picture: Picture, corners: NDArray[np.float32]) -> SeenLine | None:
        """Read the line between four corners."""
        strip = _strip(picture, corners)
        height, width = strip.shape[:2]
        if not height or not width:
            return None
        length = min(max(math.ceil(LINE_HEIGHT * width / height), LINE_HEIGHT // 3), LONGEST_LINE)
        scaled = _resized(strip, length, LINE_HEIGHT)
        (probabilities,) = self._run(self._recogniser, _normalised(scaled))
        words = decode_line(probabilities, self._characters, _ink(scaled))
        return SeenLine(corners, words) if words else None

    @staticmethod
    def _run(session: onnxruntime.InferenceSession, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        (result,) = session.run(None, {session.get_inputs()[0].name: picture})
        return np.asarray(result, np.float32)


def _session(model: Path) -> onnxruntime.InferenceSession:
    if not model.is_file():
        raise ReadingError(
            f"the installed rapidocr has no model {model.name}; in Ibid's clone, run {install_command('ocr')} again."
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = THREADS, 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False  # lines differ in length, and an arena keeps memory for each
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def _resized(picture: Picture, width: int, height: int) -> Picture:
    return np.asarray(cv2.resize(picture, (width, height)), np.uint8)


def _normalised(picture: Picture) -> NDArray[np.float32]:
    """A picture as both models take it: float32 (1, 3, height, width), -1..1."""
    scaled = (picture.astype(np.float32) / 255 - 0.5) / 0.5
    return np.ascontiguousarray(scaled.transpose(2, 0, 1)[None])


def _strip(picture: Picture, corners: NDArray[np.float32]) -> Picture:
    """The line between four corners, turned level."""
    strip: Picture = get_rotate_crop_image(picture, corners.copy())
    return strip


def _ink(strip: Picture) -> NDArray[np.float32]:
    """How much the most unusual pixel of each column of a line differs from its paper, 0..1."""
    grey = cv2.cvtColor(strip, cv2.COLOR_BGR2GRAY).astype(np.float32)
    away = np.abs(grey - np.median(grey))[2:-2].max(axis=0)
    most = float(away.max(initial=0))
    return np.asarray(away / max(most, 1.0), np.float32)

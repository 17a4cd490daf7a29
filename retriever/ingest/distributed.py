"""Files read, cut and encoded on many machines, stored from one: the only home of Ray.

In: files that are to be read. Out: documents with their passages and vectors, in the files' order, so that ids and
passages are those that one machine gives. The one decision: who reads is an actor with an encoder of its own, and
nothing but files' names goes in. Files whose actor is killed are read again by another; a file cannot kill it, as it is
read in a process apart.
"""

import logging
import os
import pickle
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from itertools import islice
from typing import TYPE_CHECKING

from ..encoder import Encoder
from ..errors import SpreadingError
from ..reading.worker import Worker
from ..settings import Settings
from .chunking import split_passages
from .indexing import Read, Reader, Wanted, encode_documents, read_one

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HERE = "ray"  # this machine, or the cluster that it is part of
_SCHEME = "ray://"
# Files handed to an actor at once: enough passages to fill the encoder's batches.
_FILES_AT_ONCE = 16
_Row = dict[str, bytes]
_Batch = Mapping[str, "NDArray[np.object_]"]


class _Machine:
    """One actor: reads files in a process apart, as one machine does, and encodes what it read."""

    def __init__(self) -> None:
        self._made: tuple[Encoder, Worker] | None = None

    def __call__(self, batch: _Batch) -> dict[str, list[bytes]]:
        if self._made is None:  # it comes with the files, as what Ray is given to make an actor is lost with its owner
            encoder, settings = pickle.loads(batch["by"][0])  # noqa: S301 (our own)
            self._made = encoder, Worker(settings.limits)
        encoder, worker = self._made
        wanted: list[tuple[Wanted, str]] = [pickle.loads(each) for each in batch["file"]]  # noqa: S301 (our own)
        read = [read_one(each, document_id, worker) for each, document_id in wanted]
        documents = [one.document for one in read if one.document is not None]
        every = iter(encode_documents(encoder, [(one, split_passages(one)) for one in documents]))
        done = [one if one.document is None else Read(one.document, one.warnings, tuple(next(every))) for one in read]
        files = [each for each, _ in wanted]
        return {"read": [pickle.dumps(pair) for pair in zip(files, done, strict=True)]}


def join(place: str) -> None:
    """Join the Ray cluster that a place names, where that has not been done.

    Args:
        place: `ray`, for this machine or the cluster it is part of, or `ray://host:port`.

    Raises:
        SpreadingError: it names none, Ray is not installed, or nothing answers there.
    """
    if place != HERE and not place.startswith(_SCHEME):
        raise SpreadingError(f"{place} names no Ray cluster; write ray, or ray://HOST:PORT.")
    if find_spec("ray") is None:
        raise SpreadingError(
            "Reading on many machines needs Ray, which is not installed; add it: pip install 'ibid[cluster]'"
        )
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # of what is not, its errors tell
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would tell its makers
    import ray

    if not ray.is_initialized():
        try:
            with warnings.catch_warnings(action="ignore"):  # it warns before it raises
                ray.init(
                    address=None if place == HERE else place,
                    log_to_driver=False,
                    logging_level="ERROR",
                    include_dashboard=False if place == HERE and not os.environ.get("RAY_ADDRESS") else None,
                )
        except (ConnectionError, ValueError, RuntimeError, TimeoutError) as error:
            raise SpreadingError(
                f"No Ray cluster answers at {place} ({_said(error)}); start it, or leave out --on."
            ) from error


def reader_on(place: str, encoder: Encoder, settings: Settings) -> Reader:
    """What reads files on Ray.

    Args:
        place: as `join` takes it.
        encoder: is sent to each machine as what names it, and loaded there.
        settings: what reading one file may cost.

    Raises:
        SpreadingError: as `join`.
    """
    join(place)

    def read(wanted: Iterable[tuple[Wanted, str]]) -> Iterator[tuple[Wanted, Read]]:
        return _read(wanted, encoder, settings)

    return read


def _read(wanted: Iterable[tuple[Wanted, str]], encoder: Encoder, settings: Settings) -> Iterator[tuple[Wanted, Read]]:
    import ray
    import ray.util.client

    by = pickle.dumps((encoder, settings))
    rows: list[_Row] = [{"file": pickle.dumps(each), "by": by} for each in wanted]
    if not rows:
        return
    found = _from_within(rows) if ray.util.client.ray.is_connected() else _read_rows(rows)
    try:
        for read in found:
            yield pickle.loads(read)  # noqa: S301 (our own)
    except ray.exceptions.RayError as error:
        raise SpreadingError(
            f"The machines that read stopped ({_said(error)}); what was stored is kept: the same command goes on from "
            "there."
        ) from error


def _said(error: Exception) -> str:
    """What an error of Ray's comes to, which it says after all that led there."""
    return ([""] + [line for line in str(error).splitlines() if line.strip(" );")])[-1].strip()


def _from_within(rows: Sequence[_Row]) -> Iterator[bytes]:
    """Have the reading driven in the cluster, as Ray Data cannot drive it through Ray's client."""
    import ray

    driver = ray.remote(num_cpus=0)(_Driver).remote(rows)
    while some := ray.get(driver.some.remote()):
        yield from some


class _Driver:
    """What drives the reading in a cluster, as far as it is asked for what was read."""

    def __init__(self, rows: Sequence[_Row]) -> None:
        self._read = _read_rows(rows)

    def some(self) -> list[bytes]:
        return list(islice(self._read, _FILES_AT_ONCE))


def _read_rows(rows: Sequence[_Row]) -> Iterator[bytes]:
    import ray.data

    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    context.execution_options.preserve_order = True
    processors = max(1, int(ray.cluster_resources().get("CPU", 1)))
    actors = max(1, min(processors, -(-len(rows) // _FILES_AT_ONCE)))
    found = ray.data.from_items(rows, override_num_blocks=-(-len(rows) // _FILES_AT_ONCE)).map_batches(
        _Machine,
        batch_size=_FILES_AT_ONCE,
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=actors),
        num_cpus=1,
    )
    for row in found.iter_rows():
        yield row["read"]

"""Files read, cut and encoded on many machines, and stored from one: the only home of Ray.

In come tasks, out come documents with their passages and vectors, in the order of the tasks; ids and passages are
those that one machine gives. Each Ray actor has an encoder of its own, and only the files' paths are sent to it. If an
actor is killed, another one reads its files. A file cannot kill an actor, since it is read in a separate process.
"""

import logging
import os
import pickle
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from itertools import islice
from typing import TYPE_CHECKING

from ..encoder import Encoder
from ..errors import SpreadingError
from ..reading.worker import Worker
from ..settings import Settings, install_command
from .chunking import split_passages
from .encoding import encode_documents
from .tasks import ReadResult, ReadTask, TaskRunner, run_task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LOCAL = "ray"  # this machine, or the cluster that it is part of
_SCHEME = "ray://"
# Tasks sent to an actor at once: enough passages to fill the encoder's batches.
_TASKS_AT_ONCE = 16
_Row = dict[str, bytes]
_Batch = Mapping[str, "NDArray[np.object_]"]


class _TaskActor:
    """A Ray actor: reads files in a separate process, as one machine does, and encodes their passages."""

    def __init__(self) -> None:
        self._tools: tuple[Encoder, Worker] | None = None

    def __call__(self, batch: _Batch) -> dict[str, list[bytes]]:
        if self._tools is None:  # sent with the tasks: what an actor's constructor gets is lost with its owner
            encoder, settings = pickle.loads(batch["tools"][0])  # noqa: S301 (our own)
            self._tools = encoder, Worker(settings.limits)
        encoder, worker = self._tools
        tasks: list[ReadTask] = [pickle.loads(task) for task in batch["task"]]  # noqa: S301 (our own)
        results = [run_task(task, worker) for task in tasks]
        documents = [result.document for result in results if result.document is not None]
        encoded = iter(encode_documents(encoder, [(document, split_passages(document)) for document in documents]))
        done: list[ReadResult] = [
            result if result.document is None else replace(result, encoded=tuple(next(encoded))) for result in results
        ]
        return {"result": [pickle.dumps(pair) for pair in zip(tasks, done, strict=True)]}


class _Driver:
    """Drives the reading from inside the cluster, and hands the results out piece by piece."""

    def __init__(self, rows: Sequence[_Row]) -> None:
        self._results = _run_rows(rows)

    def next_results(self) -> list[bytes]:
        """The next results; an empty list at the end."""
        return list(islice(self._results, _TASKS_AT_ONCE))


def join(place: str) -> None:
    """Join a Ray cluster, unless this process has joined one already.

    Args:
        place: `ray`, for this machine or the cluster it is part of, or `ray://host:port`.

    Raises:
        SpreadingError: the place is no Ray address, Ray is not installed, or no cluster answers.
    """
    if place != LOCAL and not place.startswith(_SCHEME):
        raise SpreadingError(f"{place} names no Ray cluster; write ray, or ray://HOST:PORT.")
    if find_spec("ray") is None:
        raise SpreadingError(
            "Reading on many machines needs Ray, which is not installed; in Ibid's clone, run "
            f"{install_command('cluster')}."
        )
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # its exceptions say enough
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # else it reports to its makers
    import ray

    if not ray.is_initialized():
        try:
            with warnings.catch_warnings(action="ignore"):  # it warns before it raises
                ray.init(
                    address=None if place == LOCAL else place,
                    log_to_driver=False,
                    logging_level="ERROR",
                    include_dashboard=False if place == LOCAL and not os.environ.get("RAY_ADDRESS") else None,
                )
        except (ConnectionError, ValueError, RuntimeError, TimeoutError) as error:
            raise SpreadingError(
                f"No Ray cluster answers at {place} ({_last_line(error)}); start it, or leave out --on."
            ) from error


def tasks_on(place: str, encoder: Encoder, settings: Settings) -> TaskRunner:
    """Make what runs tasks on a Ray cluster.

    Args:
        place: as `join` takes it.
        encoder: pickled without its weights; each machine loads them itself.
        settings: what reading one file may cost.

    Raises:
        SpreadingError: as `join`.
    """
    join(place)
    return partial(_run_tasks, encoder=encoder, settings=settings)


def _run_tasks(
    tasks: Iterable[ReadTask], encoder: Encoder, settings: Settings
) -> Iterator[tuple[ReadTask, ReadResult]]:
    import ray
    import ray.util.client

    tools = pickle.dumps((encoder, settings))
    rows: list[_Row] = [{"task": pickle.dumps(task), "tools": tools} for task in tasks]
    if not rows:
        return
    results = _run_rows_in_cluster(rows) if ray.util.client.ray.is_connected() else _run_rows(rows)
    try:
        for result in results:
            yield pickle.loads(result)  # noqa: S301 (our own)
    except ray.exceptions.RayError as error:
        raise SpreadingError(
            f"The machines that read files have stopped ({_last_line(error)}). Everything stored so far is kept: run "
            "the same command again to continue."
        ) from error


def _run_rows_in_cluster(rows: Sequence[_Row]) -> Iterator[bytes]:
    """Run the tasks from inside the cluster, since Ray Data cannot be driven through Ray's client."""
    import ray

    driver = ray.remote(num_cpus=0)(_Driver).remote(rows)
    while results := ray.get(driver.next_results.remote()):
        yield from results


def _run_rows(rows: Sequence[_Row]) -> Iterator[bytes]:
    import ray.data

    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    context.execution_options.preserve_order = True
    processors = max(1, int(ray.cluster_resources().get("CPU", 1)))
    blocks = -(-len(rows) // _TASKS_AT_ONCE)
    results = ray.data.from_items(rows, override_num_blocks=blocks).map_batches(
        _TaskActor,
        batch_size=_TASKS_AT_ONCE,
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=max(1, min(processors, blocks))),
        num_cpus=1,
    )
    for row in results.iter_rows():
        yield row["result"]


def _last_line(error: Exception) -> str:
    """The last line of an error's text, where Ray says what went wrong."""
    return ([""] + [line for line in str(error).splitlines() if line.strip(" );")])[-1].strip()

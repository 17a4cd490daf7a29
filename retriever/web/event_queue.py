"""The queue of the page's events. It waits until an event comes.

In: events of the page. Out: each event's handler runs. One decision: Gradio's own queue looks for events every
millisecond and for progress every ten, which takes 4 % of a core while nobody asks. The page shows no such progress.
"""

import asyncio
import time
from typing import Any

import gradio as gr
from gradio.queueing import Queue
from gradio.utils import run_coro_in_background, set_task_name


class WaitingQueue(Queue):
    """Gradio's queue, woken by each new event and by each one that ends."""

    @classmethod
    def replace(cls, page: gr.Blocks) -> None:
        """Give a page this queue, before it is mounted."""
        page._queue = cls(
            live_updates=True,
            concurrency_count=page.max_threads,
            update_intervals=1.0,
            max_size=None,
            blocks=page,
            default_concurrency_limit=None,
        )

    def start(self) -> None:
        """Begin to wait for events."""
        self.active_jobs = [None] * self.max_thread_count
        self._changed = asyncio.Event()
        run_coro_in_background(self.start_processing)

    async def push(self, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 (as in Gradio)
        """Take an event of the page."""
        pushed = await super().push(*arguments, **named)
        self._changed.set()
        return pushed

    async def start_processing(self) -> None:
        """Run the events, as many at once as there are threads."""
        try:
            while not self.stopped:
                await self._changed.wait()
                self._changed.clear()
                while None in self.active_jobs and (batch := self.get_events()):
                    self._run(*batch)
        finally:
            self.stopped = True
            self._cancel_asyncio_tasks()  # type: ignore[no-untyped-call]

    def _run(self, events: list[Any], batch: bool, concurrency_id: str) -> None:
        """Run the handler of some events."""
        began, handler = time.time(), events[0].fn
        self.active_jobs[self.active_jobs.index(None)] = events
        queue = self.event_queue_per_concurrency_id[concurrency_id]
        queue.current_concurrency += 1
        queue.start_times_per_fn[handler].add(began)
        task = asyncio.create_task(self.process_events(events, batch, began, handler))
        set_task_name(task, events[0].session_hash, handler._id, events[0]._id, batch)
        self._asyncio_tasks.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: "asyncio.Task[None]") -> None:
        self._asyncio_tasks.discard(task)
        self._changed.set()

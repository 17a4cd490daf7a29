"""The queue of the page's events."""

import asyncio
from typing import Any

import gradio as gr
from gradio.data_classes import PredictBodyInternal

from retriever.web.event_queue import WaitingQueue


class Handler:
    """Stands for a function of the page; counts how many run at once."""

    def __init__(self) -> None:
        self.ran: list[str] = []


class RecordingQueue(WaitingQueue):
    """Runs nothing of Gradio's; notes what would be run."""

    def record(self, handler: Handler) -> None:
        self.handler = handler

    async def process_events(self, events: list[Any], batch: bool, begin_time: float, fn: Any) -> None:
        await asyncio.sleep(0)
        self.handler.ran.append(events[0].data.data[0])
        queue = self.event_queue_per_concurrency_id[events[0].concurrency_id]
        queue.current_concurrency -= 1
        self.active_jobs[self.active_jobs.index(events)] = None


def page_with(threads: int) -> gr.Blocks:
    with gr.Blocks(analytics_enabled=False) as page:
        field = gr.Textbox()
        field.change(lambda value: value, field, None, concurrency_limit=None)
    page.max_threads = threads
    RecordingQueue.replace(page)
    return page


async def push(queue: WaitingQueue, *words: str) -> None:
    for word in words:
        body = PredictBodyInternal(fn_index=0, data=[word], session_hash="tab")
        pushed, _, _ = await queue.push(body, None, None)
        assert pushed


def test_every_event_runs_even_if_more_come_than_can_run_at_once() -> None:
    async def run() -> list[str]:
        queue = page_with(threads=2)._queue
        queue.record(handler := Handler())
        queue.start()
        await push(queue, "one", "two", "three", "four", "five")
        async with asyncio.timeout(10):
            while len(handler.ran) < 5:
                await asyncio.sleep(0.001)
        return handler.ran

    assert sorted(asyncio.run(run())) == ["five", "four", "one", "three", "two"]


def test_an_empty_queue_sets_no_timer() -> None:
    async def run() -> int:
        queue = page_with(threads=2)._queue
        queue.record(Handler())
        queue.start()
        await asyncio.sleep(0)
        return len(asyncio.get_running_loop()._scheduled)  # type: ignore[attr-defined]

    assert asyncio.run(run()) == 0

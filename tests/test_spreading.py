"""Files read on two nodes of Ray give what one machine gives, and a killed reader is replaced."""

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from retriever import Assistant, SpreadingError
from tests.milvus import needs_cluster, running
from tests.world import TEXTS, DeadlyEncoder, WordEncoder

needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray is not installed: pip install 'ibid[cluster]'"
)
# Ray's own: its processes outlive what asked for them by some seconds.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning",
                                        "ignore::FutureWarning", "ignore::DeprecationWarning")  # fmt: skip


@pytest.fixture(scope="module")
def nodes() -> Iterator[None]:
    """Two nodes on this machine, with a processor each."""
    import ray
    from ray.cluster_utils import Cluster

    root = str(Path(__file__).resolve().parent.parent)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    cluster.add_node(num_cpus=1)
    ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
    yield
    ray.shutdown()
    cluster.shutdown()


@pytest.fixture
def many(varn: Path) -> Path:
    """A folder with forty files, one of which cannot be read."""
    for number in range(36):
        (varn / f"ferry{number:02}.txt").write_text(TEXTS["ferry.txt"].replace("12 crowns", f"{number} crowns"))
    (varn / "torn.pdf").write_bytes(b"%PDF-torn")
    return varn


def indexed(place: str, folder: Path, encoder: WordEncoder, on: str | None) -> tuple[Assistant, object]:
    assistant = Assistant.open(place, encoder=encoder, create=True)
    return assistant, assistant.index([folder], on=on)


def test_what_names_no_ray_cluster_is_said(assistant: Assistant, varn: Path) -> None:
    with pytest.raises(SpreadingError, match="spark names no Ray cluster"):
        assistant.index([varn], on="spark")


@needs_ray
@pytest.mark.usefixtures("nodes")
def test_two_nodes_give_what_one_machine_gives(tmp_path: Path, many: Path) -> None:
    alone, report = indexed(str(tmp_path / "alone"), many, WordEncoder(), None)
    spread, spread_report = indexed(str(tmp_path / "spread"), many, WordEncoder(), "ray")
    assert spread_report == report
    assert report.skipped[0].path == str(many / "torn.pdf")
    assert spread.inventory() == alone.inventory()
    assert spread.failures() == alone.failures()
    question = "What does a ticket cost?"
    assert spread.ask(question).quotes == alone.ask(question).quotes
    assert indexed(str(tmp_path / "spread"), many, WordEncoder(), "ray")[1].added == ()


@needs_ray
@needs_cluster
@pytest.mark.usefixtures("nodes")
def test_a_reader_that_is_killed_in_a_file_is_replaced(tmp_path: Path, many: Path) -> None:
    with running(tmp_path / "milvus") as server:
        alone, report = indexed(str(tmp_path / "alone"), many, WordEncoder(), None)
        deadly = DeadlyEncoder(tmp_path / "killed")
        spread, spread_report = indexed(f"{server.address}/spread", many, deadly, "ray")
        assert deadly.mark.exists()
        assert spread_report == report
        assert spread.inventory() == alone.inventory()
        spread.close()

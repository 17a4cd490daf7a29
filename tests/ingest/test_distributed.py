"""Files read on two nodes of Ray give what one machine gives, and a killed reader is replaced."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from retriever import Assistant, SpreadingError
from retriever.__main__ import main
from retriever.ingest import distributed as spreading
from tests.milvus import free_port, needs_cluster, running, wait_for_port
from tests.paths import ROOT
from tests.world import TEXTS, DeadlyEncoder, WordEncoder

needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray is not installed: pip install '.[cluster]'"
)
# Ray's own: its processes outlive what asked for them by some seconds.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning",
                                        "ignore::FutureWarning", "ignore::DeprecationWarning")  # fmt: skip


@pytest.fixture(scope="module")
def nodes() -> Iterator[str]:
    """Two nodes on this machine, with a processor each, and where Ray's client reaches them."""
    import ray
    from ray.cluster_utils import Cluster

    port = free_port()
    ports = {"ray_client_server_port": port, "runtime_env_agent_port": free_port()}  # the first asks the second
    head = {"num_cpus": 1, "include_dashboard": False, **ports}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])))
        patch.setenv("RAY_CLIENT_SERVER_CHECK_CHANNEL_TIMEOUT_S", "60")  # 30 are too few on a busy machine
        cluster = Cluster(initialize_head=True, head_node_args=head)
        cluster.add_node(num_cpus=1)
        ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
        wait_for_port(port)
        yield f"ray://127.0.0.1:{port}"
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


def test_where_nothing_can_be_read_on_no_library_is_made(
    varn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(spreading, "find_spec", lambda _: None)
    made = tmp_path / "made"
    for place, said in (("ray", "needs Ray, which is not installed"), ("spark", "names no Ray cluster")):
        assert main(["index", str(varn), "--on", place, "--library", str(made)]) == 1
        assert said in capsys.readouterr().err
        assert not made.exists()


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


_INDEX = """
import sys, time
from retriever import Assistant, SpreadingError
from retriever.ingest.distributed import join
from tests.world import WordEncoder
for _ in range(9):
    try:
        join(sys.argv[3])
        break
    except SpreadingError:  # its server gives up after 16 seconds if what it asks is not there yet
        time.sleep(5)
with Assistant.open(sys.argv[1], encoder=WordEncoder(), create=True) as assistant:
    assistant.index([sys.argv[2]], on=sys.argv[3])
"""


@needs_ray
def test_nodes_reached_through_rays_client_give_the_same(tmp_path: Path, many: Path, nodes: str) -> None:
    alone, _ = indexed(str(tmp_path / "alone"), many, WordEncoder(), None)
    # A process of its own, as this one is part of the cluster already.
    subprocess.run([sys.executable, "-c", _INDEX, tmp_path / "spread", many, nodes], check=True)
    with Assistant.open(tmp_path / "spread", encoder=WordEncoder()) as spread:
        assert spread.inventory() == alone.inventory()


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

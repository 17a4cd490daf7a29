"""The measure of real files: what it prints of a few, by kind."""

from pathlib import Path

import pytest

from eval.documents import main


@pytest.mark.model
def test_files_are_counted_by_kind(varn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (varn / "prices.csv").write_text("Boat,Crowns\nGull,12\nTern,15\nAuk,9\n", encoding="utf-8")
    (varn / "empty.md").write_text("", encoding="utf-8")
    assert main([str(varn)]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert [line for line in printed if line.startswith("|")] == [
        "| kind | files | read | asked for | found on its page | found after removal |",
        "|---|---|---|---|---|---|",
        "| TXT | 3 | 3 | 3 | 3 | 0 |",
        "| CSV | 1 | 1 | 1 | 1 | 0 |",
        "| MD | 1 | 0 | 0 | 0 | 0 |",
    ]
    assert printed[-2].startswith("4 read, 1 not; 4 of 4 found on their page; 0 found after removal")

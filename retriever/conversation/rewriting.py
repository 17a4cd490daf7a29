"""A question, its gaps and things -> the question with the names of the things in its gaps."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from ..text.phrases import Phrase, singular
from ..text.tokens import FUNCTION_TERMS, fold, term_of
from .antecedents import PRONOUNS, Entity, Mention
from .gaps import Gap
from .titles import phrases_of, without_marks
from .wording import AUXILIARIES, PREPOSITIONS

# How many there are is the answer of another question: "the 52,700 visitors of 2024".
_COUNT_BEFORE = re.compile(
    r"(?i)^(?:all\s+)?(?:\d[\d.,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several)\s+(?=\S)"
)
_SENTENCE = re.compile(r"\S.*?[?](?=\s|$)|\S.*?$")
_WHERE = frozenset("in at on".split())
_OWNERS = frozenset("its their his whose".split())
_PLURALS = frozenset("they these those".split())
_SINGULAR = frozenset({"it", "this", "that", *PRONOUNS})
_SINGULAR_VERB = {"do": "does", "are": "is", "were": "was", "have": "has", "don't": "doesn't", "aren't": "isn't"}
_PLURAL_VERB = {one: many for many, one in _SINGULAR_VERB.items()}
_DETERMINERS = frozenset(
    """the a an this that these those his her its their my your our many much few which what whose some any no every
    each all more most first second third last next other another same new old""".split()
)
_ORDINALS = {"first": 0, "former": 0, "second": 1, "third": 2, "fourth": 3, "last": -1, "latter": -1}
_AGES = frozenset("old new next previous other".split())
_COUNTED = re.compile(rf"(?i)\b(?:the )?(?P<ordinal>{'|'.join(_ORDINALS)})(?: one)?$")
_BE = frozenset("is are was were be".split())
_BEFORE_NOUNS = AUXILIARIES | frozenset(PREPOSITIONS.split())
# Words of a name behind which "'s" can be read.
_LONGEST_OWNER = 4


def filled(text: str, fillings: Sequence[tuple[Gap, Entity]]) -> str:
    """A question with things in its gaps.

    Args:
        text: the question.
        fillings: its gaps in order, each with the thing that belongs there.
    """
    ends = [0, *(gap.end for gap, _ in fillings)]
    for (gap, entity), earlier in reversed([*zip(fillings, ends, strict=False)]):
        head, before = text[:earlier], text[earlier : gap.start]  # what the gap before takes is left to it
        spelt, behind = text[gap.start : gap.end], text[gap.end :]
        if gap.is_left_out and (noun := _noun_before(before, entity)):
            before, spelt = before[: -len(noun)], noun
        if part := _one_of(before, spelt, entity):
            before, words = part
        elif not spelt:
            words = f" {_joined(before, gap, entity)}"
        elif is_owner(spelt, behind):
            words, behind = _owning(head + before, entity, behind)
        else:
            words = _in_place(before, spelt, gap, entity)
            before = _without_article(before, entity) or _agreeing(before, spelt, entity)
            words = without_beginning(words, before)
            if not _stands_alone(spelt):
                behind = without_repetition(words, behind)
        words = words[:1].upper() + words[1:] if not (head + before).strip() else words
        text = head + before + words + behind
    return text


def _noun_before(before: str, entity: Entity) -> str:
    """A noun that a thing's name has too: "the report" is "the report of February"; empty if there is none."""
    *_, article, last = ["", "", *before.split()]
    is_noun = fold(article) in _DETERMINERS and term_of(last) in entity.terms
    return last if is_noun and (singular(last) != last) == is_several(entity) else ""


def _without_article(before: str, entity: Entity) -> str:
    """The words before a name, without an article that the name does not have; empty if there is none to take away."""
    article = re.search(r"(?i)\b(?:the|an?)\s+$", before)
    phrase = entity.shown.phrase
    return before[: article.start()] or " " if article and phrase.named and not phrase.article else ""


def without_beginning(words: str, before: str) -> str:
    """A name without the words that stand before it already: "line 9" behind "how often does line"."""
    spelt, known = _folded(words), _folded(before)
    count = next((k for k in range(len(spelt) - 1, 0, -1) if known[-k:] == spelt[:k]), 0)
    return " ".join(words.split()[count:])


def without_repetition(words: str, behind: str) -> str:
    """What follows a name, without the words that the name has already: "the Kibale dam", not "the Kibale dam dam"."""
    spelt, following = _folded(words), list(re.finditer(r"\s+(\w+)", behind))
    known = [fold(match[1]) for match in following]
    count = next((k for k in range(min(len(spelt), len(known)), 0, -1) if spelt[-k:] == known[:k]), 0)
    is_one_run = count and len(behind[: following[count - 1].end()].split()) == count
    return behind[following[count - 1].end() :] if is_one_run else behind


def _folded(text: str) -> list[str]:
    """The words of a text, folded."""
    return [fold(word) for word in text.split()]


def _stands_alone(spelt: str) -> bool:
    """Whether a word that is replaced is a pronoun, behind which no noun of the same thing follows: "can it press"."""
    return fold(spelt) in _SINGULAR - {"this", "that"} or fold(spelt) in {"they", "them", "there", "one", "ones"}


def may_be(spelt: str, entity: Entity) -> bool:
    """Whether a word may stand for a thing: not "he" for whom an earlier question called "she", nor "it"."""
    word = fold(spelt)
    return not (entity.pronoun and word in _SINGULAR and PRONOUNS.get(word) != entity.pronoun)


def is_owner(spelt: str, behind: str) -> bool:
    """Whether a word says whose something is: "its", and "her" before a noun."""
    following = [fold(word) for word in re.findall(r"^\s+(\w+)", behind)]
    noun = bool(following) and (following[0] == "own" or term_of(following[0]) not in FUNCTION_TERMS)
    return fold(spelt) in _OWNERS or (fold(spelt) == "her" and noun)


def _joined(before: str, gap: Gap, entity: Entity) -> str:
    if gap.preposition:
        return f"{gap.preposition} {name_of(entity)}"
    return bare_name_of(entity) if _takes_no_article(before) else name_of(entity)


def _in_place(before: str, spelt: str, gap: Gap, entity: Entity) -> str:
    last = before.split()[-1:]
    if fold(spelt) in ("one", "ones"):
        return _as_one(before, spelt, entity)
    name = bare_name_of(entity) if _takes_no_article(before) else name_of(entity)
    noun = spelt.split()[-1]
    if entity.shown.text[entity.shown.phrase.end :].startswith(f" {noun}"):
        name = f"{name} {noun}"  # of "that season", "1998-99" is the 1998-99 season
    if fold(spelt) in ("them", "those", "these") and [fold(word) for word in last] == ["of"]:
        name = name if name.startswith("the ") or entity.shown.phrase.named else f"the {name}"  # of the visitors
    if last and fold(last[0]) in PREPOSITIONS.split():
        return name
    own = entity.shown.phrase.before
    preposition = gap.preposition or ((own if own in _WHERE else "in") if fold(spelt) == "there" else "")
    return f"{preposition} {name}".strip()


def _takes_no_article(before: str) -> bool:
    """Whether some words end with one behind which no article goes: "the", "how many", "his"."""
    last = before.split()[-1:]
    return bool(last) and fold(last[0]) in _DETERMINERS


def _as_one(before: str, spelt: str, entity: Entity) -> str:
    """A noun for "one": "the yellow one", "do I need one"."""
    phrase, known = entity.shown.phrase, _folded(before)
    name = _COUNT_BEFORE.sub("", phrase.text)
    if fold(spelt) == "ones":
        return name
    if phrase.plural:
        head, preposition, rest = name.partition(" of ")
        name = singular(head) + preposition + rest
    first, _, rest = name.partition(" ")
    if rest and known[-1:] and {known[-1], fold(first)} <= _ORDINALS.keys() | _AGES:
        name = rest  # "the last one" of "the first bus" is the last bus
    # The words of the noun's own phrase: "a new" of "does a new one cost", none of "the price of one".
    own = takewhile(lambda word: word not in _BEFORE_NOUNS, reversed(known[-3:]))
    if phrase.named or any(word in _DETERMINERS - _AGES for word in own):
        return name
    return indefinite_article(name) + name


def indefinite_article(name: str) -> str:
    """What goes before a name, with a space: "a" or "an"; nothing before several things."""
    head = re.split(rf"\s(?:{'|'.join(PREPOSITIONS.split())})\s", name)[0]
    if singular(head) != head:
        return ""
    return "an " if name[0].lower() in "aeiou" else "a "


def _one_of(before: str, spelt: str, entity: Entity) -> tuple[str, str] | None:
    """Of several things side by side, that which "the first one" counts, and the words before it."""
    counted = _COUNTED.search(before + spelt)
    names = re.split(r",\s+(?:and\s+)?|\s+and\s+", entity.shown.phrase.text)
    if counted is None or len(names) < 2:
        return None
    at = _ORDINALS[counted["ordinal"].lower()]
    return (before[: counted.start()], names[at]) if at < len(names) else None


def _owning(before: str, entity: Entity, behind: str) -> tuple[str, str]:
    """A thing as an owner, and what follows: "Ada Brook's" boat; of a long name, "the cost of" the name."""
    name = name_of(entity)
    if without_marks(name) != name or len(name.split()) > _LONGEST_OWNER:
        rest = behind.lstrip().removeprefix("own ")
        if end := _end_of_owned(before, rest):
            return f"the {rest[:end]} of {name}", rest[end:]
    name = without_marks(name)
    return name + ("'" if is_several(entity) and name.endswith("s") else "'s"), behind


def _end_of_owned(before: str, rest: str) -> int:
    """Where a noun ends that some words begin with: "cost" of "cost?"; 0 if there is none.

    Behind "will" or "did", the last word is the verb: "visa services" of "will its visa services resume".
    """
    words = [match.end() for match in re.finditer(r"[\w-]+", rest)]
    if set(_folded(before)) & (AUXILIARIES - _BE):
        words = words[:-1]
    longest = max(
        (one.end for one in phrases_of(rest) if not one.start and not one.joint), default=words[0] if words else 0
    )
    return max((end for end in words if end <= longest), default=0)


def _agreeing(before: str, spelt: str, entity: Entity) -> str:
    """The words before a pronoun, their last verb in the number of the thing: "do they", "does the frog"."""
    words = re.match(r"(?s)(.*\b)(\w+)(\s+)$", before)
    plural = fold(spelt) in _PLURALS
    if words is None or (not plural and fold(spelt) not in _SINGULAR) or plural == is_several(entity):
        return before
    if plural and entity.shown.phrase.named:
        return before  # a band, a council: "how do the Pilots"
    verb = (_SINGULAR_VERB if plural else _PLURAL_VERB).get(words[2].lower())
    if verb is None:
        return before
    return words[1] + (verb.capitalize() if words[2][0].isupper() else verb) + words[3]


def is_several(entity: Entity) -> bool:
    """Whether a thing looks like more than one: "the windows of the school", but not "the school for girls"."""
    phrase = entity.shown.phrase
    head = re.split(rf"\s(?:{'|'.join(PREPOSITIONS.split())})\s", phrase.text)[0]
    return replace(phrase, text=head).plural or " and " in phrase.text


def _with_its_noun(mention: Mention) -> Phrase:
    """The phrase of a mention. Behind an article, a name and the noun it stands before are one: "the RICE method"."""
    phrase = mention.phrase
    if not phrase.article or not phrase.named:
        return phrase
    whole = [one for one in phrases_of(mention.text) if one.start == phrase.start and not one.joint]
    return max([phrase, *whole], key=lambda one: one.end)


def name_of(entity: Entity) -> str:
    """A thing's name, with its article."""
    mention = entity.shown
    phrase, text = _with_its_noun(mention), bare_name_of(entity)
    article = mention.text[: phrase.start].split()[-1:] if phrase.article else []
    return f"{'the' if article[0].lower() in ('a', 'an') else article[0].lower()} {text}" if article else text


def bare_name_of(entity: Entity) -> str:
    """A thing's name without its article, and without a count that a quote has: "visitors", not "52,700 visitors"."""
    mention = entity.shown
    phrase = _with_its_noun(mention)
    text = _COUNT_BEFORE.sub("", phrase.text) if mention.answer and phrase.plural else phrase.text
    opens = phrase.start == 0 and text[:1].isupper() and text[1:2].islower() and not phrase.named
    if opens and " " in text and not any(letter.isupper() for letter in text[1:]):
        text = text[0].lower() + text[1:]
    return text


def joined_to(base: str, body: str) -> str:
    """Two questions, one after the other, as one line to read; of a base that was joined itself, the last question."""
    *_, last = _SENTENCE.findall(base) or [base]
    closed = last if re.search(r"[?.!]\s*$", last) else f"{last}?"
    return f"{closed} {body[:1].upper() + body[1:]}"

"""A pair with an answer -> twins that differ in one thing, so that the passage answers no longer, or answers still.

As the crowd that wrote SQuAD 2.0's unanswerable questions did: another name or number, an opposite, another property,
a negation, a condition that is not met. Where a name is changed in both question and passage, and where a word gives
way to one of the same meaning, the answer stays: what is new or rare is not wrong by itself.
"""

import random
import re
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from retriever.text.sentences import split_sentences
from training.pair import Pair, Span
from training.word_groups import NEAR_FIRST_NAMES, NEAR_LAST_NAMES, OTHERS, PROPERTIES, SAME

_NAME = re.compile(r"(?<![.?!] )(?<!^)\b[A-Z][\w'’-]+(?: (?:of |the |de |von )?[A-Z][\w'’-]+)*")
_YEAR = re.compile(r"\b1\d{3}\b|\b20\d\d\b")
_NUMBER = re.compile(r"\b\d{1,3}(?:,\d{3})*(?:\.\d+)?\b")
_KINDS = {"year": _YEAR, "name": _NAME, "number": _NUMBER}

Things = Mapping[str, Sequence[str]]
"""Kind -> the names, years and numbers of a text."""


_AUXILIARY = re.compile(
    r"\b(is|was|are|were|did|does|do|has|had|have|can|could|should|would|will|must)\b(?! (?:not|n't))"
)
_SHORT = dict.fromkeys(
    ("is", "was", "are", "were", "did", "does", "do", "has", "had", "have", "should", "could"), "n't"
)
_SEQUELS = ("in {y}", "before {y}", "after {y}", "by {y}", "during {y}", "since {y}")


def things(text: str) -> dict[str, list[str]]:
    """The names, years and numbers of a text."""
    return {kind: sorted(set(pattern.findall(text))) for kind, pattern in _KINDS.items()}


def twins(pair: Pair, pool: Things, rng: random.Random, share: float = 1.0) -> Iterator[Pair]:
    """Make twins of a pair with an answer.

    Args:
        pair: the pair.
        pool: names, years and numbers of its document, and of others.
        rng: chance.
        share: how often each kind of twin is made, beside its own measure.
    """
    made = (
        (0.7, renamed),
        (0.45, cloned),
        (0.45, turned),
        (0.3, of_another_property),
        (0.15, denied),
        (0.12, conditioned),
        (0.35, of_a_neighbour),
        (0.2, said_otherwise),
    )
    for often, make in made:
        if rng.random() < often * share:
            twin = make(pair, pool, rng)
            if twin is not None:
                yield twin


def renamed(pair: Pair, pool: Things, rng: random.Random) -> Pair | None:
    """Another name, year or number in the question, in the passage (no answer), or in both (the answer stays)."""
    found = [
        (kind, match.group())
        for kind, pattern in _KINDS.items()
        for match in pattern.finditer(pair.question)
        if _holds(pair.passage, match.group()) and not _touches(pair, match.group())
    ]
    if not found:
        return None
    kind, old = rng.choice(found)
    new, near = _others(kind, old, pool, rng, pair)
    if not new:
        return None
    chance = rng.random()
    if chance < 0.4:
        return _unanswered(pair, _put(pair.question, old, new))
    passage, spans = _put_in(pair, old, new)
    if chance < 0.6:
        return replace(pair, source="made", question=_put(pair.question, old, near), passage=passage, spans=())
    return replace(pair, source="made", question=_put(pair.question, old, new), passage=passage, spans=spans)


def cloned(pair: Pair, pool: Things, rng: random.Random) -> Pair | None:
    """The sentence that answers is there twice, of one thing and of another; one of them is asked for, or a third."""
    if len(pair.spans) != 1:
        return None
    start, end = pair.spans[0]
    answer = pair.passage[start:end]
    kind = next((kind for kind, pattern in _KINDS.items() if pattern.search(f"the {answer}")), "")
    where = next((one for one in split_sentences(pair.passage) if one[0] <= start and end <= one[1]), None)
    if not kind or where is None or len(answer) > 40:
        return None
    sentence = pair.passage[where[0] : where[1]]
    subjects = [
        match.group()
        for match in _NAME.finditer(pair.question)
        if _holds(sentence, match.group()) and match.group() not in answer and answer not in match.group()
    ]
    if not subjects or sentence.count(answer) != 1:
        return None
    subject = rng.choice(subjects)
    lacking = [one for one in pool["name"] if one not in pair.passage and one not in pair.question]
    answers = [one for one in pool[kind] if one not in pair.passage and one not in pair.question]
    if len(lacking) < 2 or not answers:
        return None
    other, third = rng.sample(lacking, 2)
    if rng.random() < 0.3:
        (first, second), last = rng.choice(NEAR_FIRST_NAMES)[:2], rng.choice(NEAR_LAST_NAMES)[0]
        pair = replace(pair, question=_put(pair.question, subject, f"{first} {last}"))
        sentence = _put(sentence, subject, f"{first} {last}")
        subject, other = f"{first} {last}", f"{second} {last}"
    changed = _KINDS[kind].search(answer)
    place = changed.span() if changed else (0, len(answer))
    new = answer[: place[0]] + rng.choice(answers) + answer[place[1] :]
    before, after = pair.passage[: where[0]], pair.passage[where[1] :]
    at = sentence.index(answer)
    clone = _put(sentence[:at], subject, other) + new + _put(sentence[at + len(answer) :], subject, other)
    if not _holds(clone, other) or not _holds(sentence, subject):
        return None
    both = [(sentence, answer), (clone, new)]
    rng.shuffle(both)
    passage = before + both[0][0].rstrip() + " " + both[1][0] + after
    chance = rng.random()
    if chance < 0.3:
        return replace(pair, source="made", question=_put(pair.question, subject, third), passage=passage, spans=())
    wanted, name = (answer, subject) if chance < 0.65 else (new, other)
    base = len(before)
    for text, said in both:
        if said == wanted:
            offset = base + (text.index(said) if text is sentence else len(_put(sentence[:at], subject, other)))
            return replace(
                pair,
                source="made",
                question=_put(pair.question, subject, name),
                passage=passage,
                spans=((offset, offset + len(said)),),
            )
        base += len(text.rstrip()) + 1
    return None


def turned(pair: Pair, pool: Things, rng: random.Random) -> Pair | None:
    """The question with an opposite."""
    return _with_other(pair, OTHERS, rng)


def of_another_property(pair: Pair, pool: Things, rng: random.Random) -> Pair | None:
    """The question for another property of the thing, or another role."""
    return _with_other(pair, PROPERTIES, rng)


def denied(pair: Pair, pool: Things, rng: random.Random) -> Pair | None:
    """The question with "not" in it."""
    found = list(_AUXILIARY.finditer(pair.question))
    if not found:
        return None
    verb = found[0]
    ending = _SHORT.get(verb.group(), " not") if rng.random() < 0.7 else " never"
    if ending == " never" and verb.group() in ("did", "does", "do"):
        ending = "n't"
    return _unanswered(pair, pair.question[: verb.end()] + ending + pair.question[verb.end() :])


def conditioned(pair: Pair, pool: Things, rng: random.Random) -> Pair | None:
    """The question of a year that the passage does not speak of."""
    if re.search(r"\d", pair.question) or re.match(r"(?i)when|what year|in what", pair.question):
        return None
    year = str(rng.randint(1500, 2024))
    if year in pair.passage:
        return None
    return _unanswered(pair, f"{pair.question.rstrip(' ?.')} {rng.choice(_SEQUELS).format(y=year)}?")


def of_a_neighbour(pair: Pair, pool: Things, rng: random.Random) -> Pair | None:
    """The question of another name of the passage, which does not stand in the sentence that answers."""
    start = pair.spans[0][0]
    where = next((one for one in split_sentences(pair.passage) if one[0] <= start < one[1]), None)
    if where is None:
        return None
    sentence = pair.passage[where[0] : where[1]]
    asked = [match.group() for match in _NAME.finditer(pair.question) if _holds(sentence, match.group())]
    rest = pair.passage[: where[0]] + pair.passage[where[1] :]
    others = [
        one
        for one in sorted(set(_NAME.findall(rest)))
        if one not in sentence and one not in pair.question and not any(word in sentence for word in one.split())
    ]
    if not asked or not others:
        return None
    return _unanswered(pair, _put(pair.question, rng.choice(asked), rng.choice(others)))


def said_otherwise(pair: Pair, pool: Things, rng: random.Random) -> Pair | None:
    """The question with a word of the same meaning: its answer stays."""
    found = _swap(pair.question, SAME, "", rng)
    return replace(pair, source="made", question=found) if found else None


def _with_other(pair: Pair, groups: Sequence[Sequence[str]], rng: random.Random) -> Pair | None:
    found = _swap(pair.question, groups, pair.passage.lower(), rng)
    return _unanswered(pair, found) if found else None


def _swap(question: str, groups: Sequence[Sequence[str]], lacking_in: str, rng: random.Random) -> str:
    """The question with one word of a group for another that a text lacks; empty where none is there."""
    words = {match.group().lower(): match.group() for match in re.finditer(r"[A-Za-z]+", question)}
    found = [
        (words[one], other)
        for group in groups
        for one in group
        if one in words
        for other in group
        if other != one and other not in words and (not lacking_in or not _holds(lacking_in, other))
    ]
    if not found:
        return ""
    old, new = rng.choice(found)
    return _put(question, old, new.capitalize() if old[0].isupper() else new)


def _others(kind: str, old: str, pool: Things, rng: random.Random, pair: Pair) -> tuple[str, str]:
    """Two others for a name, year or number, which the pair lacks."""
    text = pair.passage + pair.question
    if kind == "name":
        if rng.random() < 0.35:
            first, last = rng.choice(NEAR_FIRST_NAMES), rng.choice(NEAR_LAST_NAMES)
            one, other = rng.sample(first, 2)
            if rng.random() < 0.5:
                return f"{one} {last[0]}", f"{other} {last[0]}"
            return f"{one} {last[0]}", f"{one} {last[1]}"
        wide = [one for one in pool["name"] if one not in text]
        like = [one for one in wide if len(one.split()) == len(old.split())] or wide
        return (rng.choice(like), old) if like else ("", "")
    for _ in range(8):
        if kind == "year":
            new = str(int(old) + rng.choice([-100, -20, -10, -3, -2, -1, 1, 2, 3, 5, 10, 100]))
        else:
            at = rng.choice([at for at, sign in enumerate(old) if sign.isdigit()])
            new = old[:at] + rng.choice([one for one in string.digits[1:] if one != old[at]]) + old[at + 1 :]
        if new not in text:
            return new, old
    return "", ""


def _unanswered(pair: Pair, question: str) -> Pair:
    return replace(pair, source="made", question=question, spans=())


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w])(?<!\d[,.]){re.escape(name)}(?!\w|[,.]\d)")


def _holds(text: str, name: str) -> bool:
    return _pattern(name).search(text) is not None


def _put(text: str, old: str, new: str) -> str:
    return _pattern(old).sub(lambda _: new, text)


def _touches(pair: Pair, name: str) -> bool:
    return any(
        match.start() < end and match.end() > start
        for match in _pattern(name).finditer(pair.passage)
        for start, end in pair.spans
    )


def _put_in(pair: Pair, old: str, new: str) -> tuple[str, tuple[Span, ...]]:
    """The passage with another name, and its spans, which the name does not touch, where they are then."""
    ends = [match.end() for match in _pattern(old).finditer(pair.passage)]
    grows = len(new) - len(old)
    spans = tuple(
        (start + grows * sum(one <= start for one in ends), end + grows * sum(one <= start for one in ends))
        for start, end in pair.spans
    )
    return _put(pair.passage, old, new), spans

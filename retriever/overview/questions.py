"""A sentence -> questions that it seems to answer, made of its own words by rules.

In: a sentence. Out: questions. One decision: a rule may be wrong, because whoever shows a question asks it first, and
shows it only if the answer is clear and comes from the same sentence.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from ..text.phrases import phrases
from ..text.time_expressions import times_in
from ..text.tokens import FUNCTION_TERMS, fold, naming_terms, terms

HasWord = Callable[[str], bool]
"""Whether a word is common enough to be one piece of the encoder's vocabulary."""

FEWEST_WORDS, MOST_WORDS = 4, 14

_IRREGULAR = dict(
    pair.split("/")
    for pair in """said/say told/tell took/take gave/give made/make came/come went/go saw/see knew/know got/get
    found/find thought/think became/become left/leave began/begin kept/keep held/hold brought/bring wrote/write
    stood/stand ran/run led/lead met/meet paid/pay sent/send built/build fell/fall rose/rise grew/grow lost/lose won/win
    spent/spend sold/sell bought/buy drew/draw broke/break chose/choose spoke/speak sank/sink struck/strike drove/drive
    flew/fly fled/flee caught/catch taught/teach fought/fight sought/seek hit/hit cut/cut put/put set/set shut/shut
    cost/cost let/let has/have had/have lent/lend bore/bear wore/wear swore/swear threw/throw withdrew/withdraw
    overcame/overcome lit/light shot/shoot sat/sit laid/lay lay/lie read/read fed/feed bound/bind wound/wind""".split()
)
"""Past form -> plain form, of common verbs that do not end in "ed"."""
_PARTICIPLES = frozenset(
    """made built found held written taken given born sold sent lost won paid known seen shown brought kept left led lit
    broken chosen drawn driven sunk struck caught fought bought put set cut shot signed told laid read""".split()
)
_SAME_NOW = frozenset("has had lay read set put cut let hit shut cost".split())  # may be the present too
_PAST = "|".join(sorted(set(_IRREGULAR) - _SAME_NOW))
_DONE = "|".join(sorted(_PARTICIPLES))
_DONE_AS_PAST = "|".join(sorted(_PARTICIPLES & set(_IRREGULAR)))
_BOUND = "more than|less than|fewer than|about|around|nearly|almost|at least|up to|some|over|roughly|as many as"
_SPELT = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|ninety"

_NOUN_PHRASE = r"(?P<who>(?:The |A |An )?[A-Z0-9\w][^,;:()“”\"–—]{0,70}?)"
_VERB = rf"(?P<verb>[a-z]+ed|{_PAST})"
_BEING = r"(?P<being>was|were|is|are)"
_NUMBER = (
    rf"(?P<number>(?:(?:{_BOUND}) )?(?:\d[\d,.\u201a\u2024]*|{_SPELT}|dozens of|hundreds of|thousands of)"
    r"(?: (?:hundred|thousand|million|billion))?)"
)
_COUNTED = r"(?P<counted>(?:[a-zA-Z][\w’'-]* ){0,2}[a-zA-Z][\w’'-]*(?:s|people|men|women|children))"
_REST = r"(?P<rest>[^.;:()“”\"–—]*)"
_HELPED = rf"(?:(?:will|can|must|has|have|may) (?:not )?\w+|(?:was|were|is|are) (?:not )?(?:\w+ed|{_DONE}|born)\b)"
_UNIT = r"(?:minutes?|hours?|days?|weeks?|months?|years?)"

_DEFINED = re.compile(rf"^{_NOUN_PHRASE} (?P<being>is|was|are|were) (?P<article>an?|the|one of) (?P<rest>.+)$")
_PASSIVE = re.compile(rf"^{_NOUN_PHRASE} {_BEING} (?P<done>\w+ed|{_DONE})\b{_REST}")
_ACTIVE = re.compile(rf"^{_NOUN_PHRASE} {_VERB} {_REST}")
_COUNTS = re.compile(rf"^{_NOUN_PHRASE} {_VERB} {_NUMBER} {_COUNTED}\b{_REST}")
_CARRIES = re.compile(rf"^{_NOUN_PHRASE} (?P<verb>[a-z]{{3,}}s) {_NUMBER} {_COUNTED}\b{_REST}")
_LONG = re.compile(rf"^{_NOUN_PHRASE} {_BEING} {_NUMBER} [a-z]+ (?P<how>long|wide|high|tall|deep|old|thick|heavy)\b")
_AMOUNTS = re.compile(rf"^(?P<who>(?:The|An?) [^,;:()“”\"–—]{{0,70}}?) {_BEING} (?:now )?[€$£]?{_NUMBER}\b")
_COUNTED_FIRST = re.compile(
    rf"^{_NUMBER} {_COUNTED} (?P<verb>were|are|have|had|will|died|live|lived|work|attended|took|came|left)\b{_REST}",
    re.IGNORECASE,
)
_COSTS = re.compile(rf"^{_NOUN_PHRASE} (?P<verb>costs?) (?P<rest>[^.;:()]*\d[^.;:()]*)")
_LASTS = re.compile(rf"^{_NOUN_PHRASE} (?P<verb>takes?|lasts?) (?P<rest>[^.;:()]*\d[^.;:()]*{_UNIT}\b)")
_CALLED = re.compile(r"(?P<who>[A-Z][\w’'-]+(?: [A-Z][\w’'.-]+){1,2}), (?P<what>(?:an?|the) [^,.;:]{6,80}),")
_REASON = re.compile(rf"^{_NOUN_PHRASE} {_VERB} (?P<rest>[^.;:()“”\"]*?),? because ")
_REASON_PASSIVE = re.compile(rf"^{_NOUN_PHRASE} {_BEING} (?P<done>\w+) (?P<rest>[^.;:()“”\"]*?),? because ")
_BY = re.compile(
    r"^(?P<what>[A-Z0-9“\w][^,;:()“”]{0,60}?) (?:was|were|has been|have been) "
    rf"(?P<done>\w+ed|{_DONE_AS_PAST}) by (?:the )?[A-Z][\w’'.-]+(?P<rest>)"
)
_SUBJECT = re.compile(rf"^{_NOUN_PHRASE} (?P<verb>{_HELPED}|[a-z]+ed|{_PAST}) (?P<rest>[^.;:()“”\"–—]+)")
_AHEAD = re.compile(
    r"^(?:In|On|After|During|By|Since|At|Under|For|According to|Earlier|Last) [^,.“”]{2,50}, (?=[A-Za-z])"
)
_PEOPLE = frozenset(
    """people children authorities staff police owners captain keeper judge court board council government
    delegation officials migrants residents committee company ministry department agency team union""".split()
)
_STOP, _COMMA = "\u2024", "\u201a"
_INNER_STOP = re.compile(r"(?<=\b[A-Z])\.(?=[A-Z\s’'-])|(?<=\d)\.(?=\d)|(?<=\b(?:Mr|Dr|Ms|St))\.|(?<=\bMrs)\.")
_INNER_COMMA = re.compile(r"(?<=\d),(?=\d{3})")
_TIME_BEFORE = re.compile(r"(?:,? (?:in|on|since|from|by|during|at|until|as of|the))+ ?$")
_PRONOUN = re.compile(
    r"(?i)\b(?:he|she|it|they|we|i|you|this|that|these|those|there|his|her|its|their|our|my|your|him|them|us|who|which|what|"
    r"such|here|then|but|if|when|while|as|although|because|after|before|since|not|also|only|even)\b"
)
_LONGEST_SUBJECT = 8
_FEWEST_IN_AMOUNT = 2
"""Content words that name what has an amount: "What is the deposit?" leaves open for what."""
_HELPERS = frozenset("did does do".split())
_FINITE = (frozenset(_IRREGULAR) - _SAME_NOW) | frozenset(
    "has had is was are were will would can could may might must".split()
)
"""Forms that cannot follow "did": "How many did the clinic has help" joins two clauses."""
_PREPOSITIONS = frozenset(
    """about above across after against along among around as at before behind below beneath beside between beyond by
    despite down during except for from in inside into like near of off on onto out over past per since through
    throughout to toward towards under until up upon via with within without""".split()
)
_SIGNS = re.compile(r"[`*_|<>{}#~\\]")
"""What stands in code and mark-up, and in no question of somebody who has not seen the document."""
_BARE_NOUN = re.compile(r"[A-Z][a-z]+ (?P<next>[a-z]+)\b")
"""A noun with the capital of its sentence, and the word behind it."""
_BEHIND_NOUNS = frozenset("within for to on under over between".split())
"""Prepositions that stand behind such a noun and hardly ever behind a name: "Delivery within 20 km"."""
_NEVER_LAST = _PREPOSITIONS | frozenset("the a an and or that which is was were are".split())
_LIST_MARK = re.compile(r"^\(?(?:\d{1,3}|[a-zA-Z])[.)] ")


def questions_of(
    sentence: str, published: str | None, has_word: HasWord, heading: str | None = None
) -> tuple[str, ...]:
    """Make questions that a sentence may answer.

    Args:
        sentence: its words.
        published: ISO 8601 date of its document, from which "Thursday" counts; or None.
        has_word: tells common words, by which a verb's plain form is found.
        heading: the heading that it stands under, which may be a question itself.
    """
    text = _AHEAD.sub("", _LIST_MARK.sub("", _shielded(" ".join(sentence.split()).strip())))
    found = [*_from_heading(heading), *_of_numbers(text, has_word), *_of_reasons(text, has_word)]
    found += [*_of_times(text, published, has_word), *_of_people(text), *_of_things(text, has_word)]
    found += [*_of_subjects(text, has_word), *_of_objects(text, has_word)]
    return tuple(dict.fromkeys(one for one in map(_tidied, found) if _is_fit(one)))


def _shielded(text: str) -> str:
    """A text whose full stops and commas inside of "U.S." and "32,000" look like other signs; `_tidied` undoes that."""
    return _INNER_COMMA.sub(_COMMA, _INNER_STOP.sub(_STOP, text))


def base_of(verb: str, has_word: HasWord) -> str:
    """A verb's plain form: `took` -> `take`, `signed` -> `sign`."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    stem = verb.removesuffix("ed")
    forms = [f"{stem[:-1]}y"] if stem.endswith("i") else []
    forms += [stem[:-1]] if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "sl" else []
    silent = stem.endswith(
        ("c", "g", "s", "u", "v", "z", "at", "iv", "ir", "ur", "in", "id", "ud", "ak", "ik", "ok", "as", "us")
    )
    forms += [f"{stem}e", stem] if silent else [stem, f"{stem}e"]
    return next((form for form in forms if has_word(form)), forms[0])


def _plain(verb: str) -> str:
    """A verb's plain form, from that with an "s": `carries` -> `carry`, `reaches` -> `reach`."""
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    return verb[:-2] if verb.endswith(("ches", "shes", "sses", "xes", "zes", "oes")) else verb[:-1]


def _from_heading(heading: str | None) -> Iterator[str]:
    if heading and heading.rstrip().endswith("?"):
        yield heading.strip()


def _of_numbers(text: str, has_word: HasWord) -> Iterator[str]:
    if match := _COUNTS.match(text):
        base = base_of(match["verb"], has_word)
        of = re.match(r" of [^,]+?(?= (?:in|at|on|from|to|by|for|with)\b|,|$)", match["rest"])
        counted, rest = (
            (f"{match['counted']}{of[0]}", match["rest"][of.end() :]) if of else (match["counted"], match["rest"])
        )
        yield f"How many {counted} did {_inside(match['who'], has_word)} {base}{_cut(rest)}?"
    if match := _CARRIES.match(text):
        verb = _plain(match["verb"])
        yield f"How many {match['counted']} does {_inside(match['who'], has_word)} {verb}{_cut(match['rest'])}?"
    if match := _LONG.match(text):
        yield f"How {match['how']} {match['being']} {_inside(match['who'], has_word)}?"
    elif (match := _AMOUNTS.match(text)) and len(naming_terms(match["who"])) >= _FEWEST_IN_AMOUNT:
        yield f"What {match['being']} {_inside(match['who'], has_word)}?"
    if match := _COUNTED_FIRST.match(text):
        yield f"How many {match['counted']} {match['verb']}{_cut(match['rest'])}?"
    if match := _COSTS.match(text):
        does = "do" if match["verb"] == "cost" and match["who"].endswith("s") else "does"
        yield f"How much {does} {_inside(match['who'], has_word)} cost?"
    if match := _LASTS.match(text):
        does = "does" if match["verb"].endswith("s") else "do"
        yield f"How long {does} {_inside(match['who'], has_word)} {match['verb'].removesuffix('s')}?"


def _of_reasons(text: str, has_word: HasWord) -> Iterator[str]:
    if match := _REASON_PASSIVE.match(text):
        yield f"Why {match['being']} {_inside(match['who'], has_word)} {match['done']} {match['rest']}?"
    elif match := _REASON.match(text):
        yield f"Why did {_inside(match['who'], has_word)} {base_of(match['verb'], has_word)} {match['rest']}?"


def _of_times(text: str, published: str | None, has_word: HasWord) -> Iterator[str]:
    for time in times_in(text.replace(_STOP, ".").replace(_COMMA, ","), published)[:1]:
        before = text[: time.start]
        lead = _TIME_BEFORE.search(before)
        if not lead or not lead.start():
            continue
        said = before[: lead.start()]
        if match := re.fullmatch(_PASSIVE.pattern, said):
            yield f"When {match['being']} {_inside(match['who'], has_word)} {match['done']}{match['rest']}?"
        elif match := re.fullmatch(_ACTIVE.pattern, f"{said} "):
            yield f"When did {_inside(match['who'], has_word)} {base_of(match['verb'], has_word)} {match['rest']}?"


def _of_people(text: str) -> Iterator[str]:
    for match in _CALLED.finditer(text):
        yield f"Who is {match['who']}?"


def _of_things(text: str, has_word: HasWord) -> Iterator[str]:
    if match := _DEFINED.match(text):
        capital = re.fullmatch(r"[A-Z][a-zà-ÿ’'.-]+(?: [A-Z][a-zà-ÿ’'.-]+){1,2}", match["who"])
        yield f"{'Who' if capital else 'What'} {match['being']} {_inside(match['who'], has_word)}?"
    named = re.match(rf"^{_NOUN_PHRASE} (?P<being>is|was) (?:[A-Z][\w’'.-]+ ){{1,2}}[A-Z]?[\w’'.-]*", text)
    if named and named["who"].startswith(("The ", "Its ")):
        yield f"Who {named['being']} {_inside(named['who'], has_word)}?"


def _of_subjects(text: str, has_word: HasWord) -> Iterator[str]:
    """Questions for the subject; the verb stays as it is: "The board closed the mine" -> "Who closed the mine?"."""
    if match := _BY.match(text):
        yield f"Who {match['done']} {_inside(match['what'], has_word)}{_cut(match['rest'])}?"
    if (match := _SUBJECT.match(text)) and _PRONOUN.search(match["who"]) is None and _is_somebody(match["who"]):
        yield f"Who {match['verb']} {_cut(match['rest'])}?"


def _of_objects(text: str, has_word: HasWord) -> Iterator[str]:
    """Questions for the object: "The board closed the mine in 1990" -> "What did the board close in 1990?"."""
    if match := _ACTIVE.match(text):
        at = match.start("rest")
        named = [
            one
            for one in phrases(text)
            if not text[at : one.start].replace(one.article, "").strip() and one.start >= at
        ]
        if named:
            end = max(one.end for one in named)
            behind = re.match(
                r"(?P<rest>(?: (?:in|at|on|to|from|for|after|before|during|with|under|near) [^,.;:()]+)?)(?=[,.;]|$)",
                text[end:],
            )
            if behind:
                yield f"What did {_inside(match['who'], has_word)} {base_of(match['verb'], has_word)}{behind['rest']}?"


def _is_somebody(subject: str) -> bool:
    """Whether a subject names a person, people, or a body that acts as one."""
    first, last = (fold(subject.split()[at]) for at in (0, -1))
    if first.endswith("ing"):  # "Leading the team will be ..." is turned around
        return False
    capital = all(word[0].isupper() for word in subject.split()[-2:])
    ending = last.endswith(("ers", "ors", "ists", "ians", "men", "ees", "er", "or", "ist", "ian", "man"))
    return capital or ending or last in _PEOPLE


def _inside(subject: str, has_word: HasWord) -> str:
    """A subject as it stands inside a question: without the capital of a sentence's first word, unless that is a name.

    A name is hardly ever followed by a noun without a capital: "Hedge cutting".
    """
    first, space, rest = subject.partition(" ")
    small = terms(first) and terms(first)[0] in FUNCTION_TERMS and first not in ("I",)
    bare = _BARE_NOUN.match(subject)
    goes_on = bare is not None and (bare["next"] in _BEHIND_NOUNS or FUNCTION_TERMS.isdisjoint(terms(bare["next"])))
    noun = bare is not None and goes_on and has_word(first.lower())
    return f"{first.lower()}{space}{rest}" if small or noun else subject


def _cut(rest: str) -> str:
    """What follows, to its first comma."""
    return rest.split(",")[0].rstrip()


def _tidied(question: str) -> str:
    return " ".join(question.replace(" ?", "?").replace(_STOP, ".").replace(_COMMA, ",").split())


def _is_fit(question: str) -> bool:
    """Whether a question is short, whole, and speaks of something by its name."""
    asked = question.rstrip("?").split()
    naming = [term for term in terms(question) if term not in FUNCTION_TERMS]
    balanced = (
        all(question.count(a) == question.count(b) for a, b in ("()", "“”", "[]")) and question.count('"') % 2 == 0
    )
    subject = " ".join(asked[2 : 2 + _LONGEST_SUBJECT])
    spoken = _PRONOUN.search(" ".join(asked[1:])) is None
    is_heading = question.casefold().startswith(("how do i", "how can i", "what if i", "do i", "can i", "where can i"))
    return (
        FEWEST_WORDS - 1 <= len(asked) <= MOST_WORDS
        and bool(naming)
        and balanced
        and _SIGNS.search(question) is None
        and bool(subject)
        and (spoken or is_heading)
        and not _joins_clauses(asked)
    )


def _joins_clauses(asked: Sequence[str]) -> bool:
    """Whether the words of a question are of more than one clause, or of less than one."""
    helper = next((at for at, word in enumerate(asked) if word in _HELPERS), len(asked))
    subject = asked[2:4] if asked[0] != "Who" else ()
    return (
        not _FINITE.isdisjoint(asked[helper + 1 :])
        or asked[-1].lower() in _NEVER_LAST
        or (len(subject) == 2 and subject[0].lower() in _PREPOSITIONS)
        or (len(subject) == 2 and bool(re.match(r"[A-Z][a-z]{2,}ing [a-z]", " ".join(subject))))
    )

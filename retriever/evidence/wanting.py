"""A question that asks for a number, a price, an age or a time -> whether a quote has any; without, it is no answer.

In: the question, and the words of a quote. Out: whether what is asked for is wanting. One decision: only where the
question's own words say what is asked for ("how many", "in what year", "when did"). Of squad2's 243 such questions with
a right first quote none lacks it; of its 327 with a wrong one 31 do.
"""

import re

from ..numerals import UNIT_WORDS

_ASKS_NUMBER = re.compile(r"(?i)\bhow (?:many|much)\b|\b(?:what|which) (?:percentage|percent|proportion|fraction)\b")
_ASKS_PRICE = re.compile(
    r"(?i)\bhow much\b.*\b(?:costs?|charged?|pays?|paid|worth|fined?|earns?|earned|spen[dt]|sells?|sold|price[sd]?)\b"
    r"|\bwhat (?:does|did|do|will|would)\b.*\bcost\b|\bwhat (?:is|was|are|were) the (?:price|fare|fee|cost|fine|rent)\b"
)
_ASKS_TIME = re.compile(
    r"(?i)^\W*(?:(?:and|but|so)\s+)?(?:since |until )?when (?:was|were|did|had|has|have)\b"
    r"|\b(?:what|which) (?:years?|century|decade|months?|days?|date)\b"
)
_ASKS_AGE = re.compile(r"(?i)\bhow old\b|\b(?:what|which) age\b")
_SUM = (
    rf"\d|\b(?:{UNIT_WORDS}|half|third|quarter|dozens?|hundreds?|thousands?|(?:m|b|tr)illions?|free|nothing|"
    r"twice|double)\b"
)
_NUMBER = (
    rf"{_SUM}|\b(?:halves|halved|quarters|thirds|doubled|tripled?|percent|no|none|nobody|all|every|each|both|most|"
    r"majority|several|many|few|single|sole|only|couple|once)\b"
)
# Names of times, which stand for one wherever they stand.
_NAMED = (
    r"january|february|march|april|may|june|july|august|september|october|november|december|centur(?:y|ies)|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|today|yesterday|spring|summer|autumn|winter|christmas|easter|"
    r"noon|midnight|morning|evening|dawn|dusk|night|era|reign|age"
)
_TIME = (
    rf"\b\d{{3,4}}s?\b|\d{{1,2}}:\d\d|\b(?:{_NAMED}|tomorrow|tonight|\d+(?:st|nd|rd|th)|weekend|"
    r"(?:years?|months?|weeks?|days?|decades?|hours?|minutes?) (?:ago|later|earlier|after|before|of)|"
    r"(?:last|next|this|that|every|each) (?:year|month|week|day|decade)|\d+ ?(?:a\.?m|p\.?m|bc|ad))\b"
    # "Following the Nice Treaty", not "during the meeting"
    r"|(?-i:\b(?:[Dd]uring|[Ff]ollowing|[Aa]fter|[Bb]efore|[Ss]ince|[Uu]ntil) "
    r"(?:the |his |her |their )?(?:\w+ )?[A-Z])"
)
_MAYBE_TIME = (
    rf"\d|\b(?:{_NAMED}|years?|decades?|months?|weeks?|days?|fall|when|whenever|while|as soon as|after|afterwards|"
    r"before|during|following|until|since|upon|once|then|later|earlier|recently|now|soon|immediately|ago|always|never|"
    r"daily|weekly|monthly|annually|yearly|first|last|eve|end|beginning|start|middle|time)\b"
)
_AGE = r"\bage[ds]?\b|\byears?\b|, \d{1,3},|\bborn\b|\bcentur|\bfounded\b|\b\d{3,4}\b|\bdat(?:es|ed|ing)\b"
# What asks -> what a quote must have some of to answer surely, and to answer at all.
_WANTED = tuple(
    (asks, re.compile(surely, re.IGNORECASE), re.compile(perhaps, re.IGNORECASE))
    for asks, surely, perhaps in (
        (_ASKS_PRICE, _SUM, _SUM),
        (_ASKS_NUMBER, _NUMBER, _NUMBER),
        (_ASKS_AGE, _AGE, f"{_AGE}|{_SUM}"),
        (_ASKS_TIME, _TIME, _MAYBE_TIME),
    )
)


def lacks_what_is_asked(question: str, quote: str) -> bool:
    """Whether a question asks for a number, a price, an age or a time, and a quote surely has none."""
    return any(asks.search(question) and not has.search(quote) for asks, has, _ in _WANTED)


def may_have_what_is_asked(question: str, quote: str) -> bool:
    """Whether a quote has, for each of these that a question asks for, words that could be one ("after the feast")."""
    return all(has.search(quote) for asks, _, has in _WANTED if asks.search(question))

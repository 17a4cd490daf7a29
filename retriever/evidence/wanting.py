"""A question that asks for a number, a price or a time -> whether a quote has any; without, it is no answer.

In: the question, and the words of a quote. Out: whether what is asked for is wanting. One decision: only where the
question's own words say what is asked for ("how many", "in what year", "when did"), and whatever might stand for it
counts as one; of squad2's 245 such questions whose first quote is right, none has neither.
"""

import re

from ..numerals import UNIT_WORDS

_ASKS_NUMBER = re.compile(r"(?i)\bhow (?:many|much)\b|\b(?:what|which) (?:percentage|percent|proportion|fraction)\b")
_ASKS_PRICE = re.compile(
    r"(?i)\bhow much\b.*\b(?:costs?|charged?|pays?|paid|worth|fined?|earns?|earned|spen[dt]|sells?|sold|price[sd]?)\b"
    r"|\bwhat (?:does|did|do|will|would)\b.*\bcost\b|\bwhat (?:is|was|are|were) the (?:price|fare|fee|cost|fine|rent)\b"
)
_ASKS_TIME = re.compile(
    r"(?i)^(?:\W*and\s+)?when (?:was|were|did|had)\b|\b(?:what|which) (?:years?|century|decade|months?|days?|date)\b"
)
_SUM = (
    rf"\d|\b(?:{UNIT_WORDS}|half|third|quarter|dozens?|hundreds?|thousands?|(?:m|b|tr)illions?|free|nothing|"
    r"twice|double)\b"
)
_NUMBER = (
    rf"{_SUM}|\b(?:halves|halved|quarters|thirds|doubled|tripled?|percent|no|none|nobody|all|every|each|both|most|"
    r"majority|several|many|few|single|sole|only|couple|once)\b"
)
_TIME = (
    r"\d|\b(?:january|february|march|april|may|june|july|august|september|october|november|december|centur(?:y|ies)|"
    r"years?|decades?|months?|weeks?|days?|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|today|yesterday|spring|summer|"
    r"autumn|fall|winter|christmas|easter|era|age|reign|when|whenever|while|as soon as|after|afterwards|before|during|"
    r"following|until|since|upon|once|then|later|earlier|recently|now|soon|immediately|ago|always|never|daily|weekly|"
    r"monthly|annually|yearly|first|last|eve|end|beginning|start|middle|dawn|dusk|night|morning|evening|noon|midnight|"
    r"time)\b"
)
# What asks -> what a quote must have some of.
_WANTED = (
    (_ASKS_PRICE, re.compile(_SUM, re.IGNORECASE)),
    (_ASKS_NUMBER, re.compile(_NUMBER, re.IGNORECASE)),
    (_ASKS_TIME, re.compile(_TIME, re.IGNORECASE)),
)


def lacks_what_is_asked(question: str, quote: str) -> bool:
    """Whether a question asks for a number, a price or a time, and a quote has nothing that could be one."""
    return any(asks.search(question) is not None and has.search(quote) is None for asks, has in _WANTED)

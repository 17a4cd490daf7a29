"""How values are written: units and their sizes, words that bound a number, and expressions that find each kind."""

import re

from ..text.calendar import MONTHS, WEEKDAYS
from ..text.numbers import NUMBER_WORD, NUMBER_WORDS, SMALL
from .kinds import Bound, Kind

_MILE, _FOOT = 1609.344, 0.3048
_HOUR, _DAY = 3600.0, 86400.0
_YEAR = 365.25 * _DAY
# Unit -> its kind, and how many base units it has.
UNITS: dict[str, tuple[Kind, float]] = {
    spelt: (kind, size)
    for kind, sizes in {
        Kind.LENGTH: {
            "km kms kilometre kilometres kilometer kilometers": 1000,
            "m metre metres meter meters": 1,
            "cm centimetre centimetres centimeter centimeters": 0.01,
            "mm millimetre millimetres millimeter millimeters": 0.001,
            "mile miles": _MILE,
            "ft foot feet": _FOOT,
            "inch inches": 0.0254,
            "yard yards": 0.9144,
        },
        Kind.MASS: {
            "kg kilo kilos kilogram kilograms kilogramme kilogrammes": 1,
            "g gram grams gramme grammes": 0.001,
            "mg milligram milligrams": 1e-6,
            "tonne tonnes ton tons": 1000,
            "lb lbs": 0.45359237,
            "ounce ounces oz": 0.0283495,
        },
        Kind.AREA: {
            "hectare hectares ha": 10_000,
            "acre acres": 4046.856,
            "square_km square_kilometres square_kilometers": 1e6,
            "square_metres square_meters square_metre": 1,
            "square_miles square_mile": _MILE**2,
            "square_feet": _FOOT**2,
        },
        Kind.VOLUME: {
            "litre litres liter liters": 1,
            "millilitre millilitres ml": 0.001,
            "gallon gallons": 3.785412,
            "barrel barrels": 158.987,
        },
        Kind.SPEED: {
            "km/h kmh kph": 1 / 3.6,
            "mph": _MILE / _HOUR,
            "m/s": 1,
            "knot knots": 0.514444,
            "kilometres_per_hour kilometers_per_hour kilometres_an_hour kilometers_an_hour": 1 / 3.6,
            "miles_per_hour miles_an_hour": _MILE / _HOUR,
        },
        Kind.DURATION: {
            "second seconds": 1,
            "minute minutes mins": 60,
            "hour hours hrs": _HOUR,
            "day days": _DAY,
            "night nights": _DAY,
            "week weeks": 7 * _DAY,
            "fortnight fortnights": 14 * _DAY,
            "month months": _YEAR / 12,
            "year years": _YEAR,
            "decade decades": 10 * _YEAR,
        },
        Kind.MONEY: {"dollar dollars usd": 1, "euro euros eur": 1, "pound pounds gbp": 1, "cent cents": 0.01}
        | {"crown crowns krone kroner krona kronor": 1, "yen": 1, "yuan": 1, "rupee rupees": 1, "franc francs": 1}
        | {"rouble roubles ruble rubles": 1, "peso pesos": 1, "real reais": 1, "rand": 1, "zloty": 1, "lira": 1},
    }.items()
    for names, size in sizes.items()
    for spelt in names.split()
}
CURRENCIES = {"$": "dollar", "£": "pound", "€": "euro", "¥": "yen", "₹": "rupee"}
SHORT = {"k": 10**3, "m": 10**6, "mn": 10**6, "bn": 10**9, "tn": 10**12}

BOUNDS = {
    Bound.MORE: "more than|over|above|at least|no fewer than|no less than|upwards of|exceeding|in excess of|just over|"
    "slightly more than|a little over|well over|a minimum of",
    Bound.LESS: "less than|fewer than|under|below|up to|at most|no more than|nearly|almost|close to|just under|"
    "just below|not quite|a maximum of",
    Bound.ABOUT: "about|around|some|roughly|approximately|an estimated|estimated|circa|an average of|in the region of|"
    "on average|approx\\.?|~",
}
_BOUND = "|".join(f"(?P<{bound.value}>{spelt.replace(' ', chr(92) + 's')})" for bound, spelt in BOUNDS.items())
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_COMPOUND = (
    r"square\s(?:kilomet(?:re|er)s?|met(?:re|er)s?|miles?|feet|km)"
    r"|(?:kilomet(?:re|er)s|miles)\s(?:per|an)\shour|km/h|m/s"
)
NUMBER = re.compile(
    rf"""(?ix)
    (?<![\w.,/]) (?<![^\W\d]-) (?:(?:{_BOUND})\s+)?
    (?P<sign>(?:US|A|C|NZ)?\$|£|€|¥|₹)?
    (?: (?P<half>half\s+an?\s+(?P<halved>million|billion|hour|mile|dozen|century)) (?!\w)
      | (?P<digits>{_DIGITS})(?:(?:[\s-](?P<magnitude>hundred|thousand|million|billion|trillion|dozen)|
          \s?(?P<short>bn|mn|tn)|(?P<bare>[km]))(?!\w)(?!\s(?:long|high|deep|tall|wide|away|below|above|race)\b))?
      | (?P<words>\b(?:{NUMBER_WORDS}))(?!\w)
      | (?P<one>\ban?)(?=\s(?:year|month|week|day|decade|fortnight|hour)\b) )
    (?: (?P<percent>\s?%|\s?per\s?cent\b|\spct\b)
      | \s(?P<points>(?:percentage\s)?points?\b)
      | \s?°\s?(?P<degree>[CF])\b | \sdegrees(?:\s(?P<scale>celsius|fahrenheit|centigrade))?\b
      | [\s-]?(?P<unit>{_COMPOUND}|(?!(?:{NUMBER_WORD})\b)[a-zA-Z]+)(?![\w%]) )?
    (?P<andhalf>\sand\sa\shalf\b)?
    """
)
CLOCK = re.compile(
    r"(?i)\b(?:(?P<hour>\d{1,2})(?:[:.](?P<minute>[0-5]\d))?\s?(?P<half>a\.m\.|p\.m\.|am\b|pm\b)|"
    r"(?P<hour24>[01]?\d|2[0-3]):(?P<minute24>[0-5]\d)\b|"
    rf"(?P<spoken>{'|'.join(SMALL)}|\d{{1,2}})(?:\s?o['’]clock|(?=\sin\sthe\s(?:morning|afternoon|evening)))"
    r"(?:\s(?:in\sthe\s(?P<part>morning|afternoon|evening)))?|(?P<named>noon|midday|midnight))"
)
SCORE = re.compile(r"(?<![\d.,/-])(\d{1,3})\s?[-–]\s?(\d{1,3})(?![\d.,/-]|\s?(?:%|percent|per cent|years?|people))")
FRACTIONS = {"half": 50.0, "third": 100 / 3, "quarter": 25.0, "fifth": 20.0, "tenth": 10.0}
FRACTION = re.compile(
    rf"(?i)(?:\b(?:{_BOUND})\s+)?(?:\b(?P<count>one|two|three|four|nine|an?)[\s-](?P<part>half|third|quarter|fifth|tenth)s?"
    r"|\b(?P<alone>half))(?=\s(?:of|the|all|its|their|his|her)\b)"
    r"|\b(?P<few>one|two|three|four|nine|\d)\s(?:in|out\sof)\s(?P<many>two|three|four|five|ten|\d+)\b"
)
MULTIPLES = {
    "double|doubled|doubling|twice|twofold|two-fold": 2.0,
    "triple|tripled|tripling|treble|trebled|threefold|three-fold": 3.0,
    "quadruple|quadrupled|fourfold|four-fold": 4.0,
    "halve|halved|halving": 0.5,
}
MULTIPLE = re.compile(rf"(?i)(?:\b(?:{_BOUND})\s+)?\b(?P<multiple>{'|'.join(MULTIPLES)})\b")
A_YEAR = {
    "hour": 8766.0,
    "day": 365.25,
    "night": 365.25,
    "week": 365.25 / 7,
    "month": 12.0,
    "quarter": 4.0,
    "year": 1.0,
}
_PERIOD = "|".join(A_YEAR)
ADVERBS = {
    "hourly": 8766.0,
    "daily|nightly": 365.25,
    "weekly": 365.25 / 7,
    "monthly": 12.0,
    "quarterly": 4.0,
    "semiannually|biannually|half-yearly": 2.0,
    "annually|yearly": 1.0,
}
FREQUENCY = re.compile(
    rf"(?i)\b(?:(?:(?P<twice>once|twice)|(?P<times>{NUMBER_WORD}|\d+)\stimes)\s(?:an?|per|every|each)\s(?P<each>{_PERIOD})"
    rf"|every\s(?:(?P<other>other|second)\s|(?P<count>{NUMBER_WORD}|\d+)\s)?(?P<period>{_PERIOD})s?"
    rf"|(?P<adverb>{'|'.join(ADVERBS)}))\b"
)
VAGUELY = {"dozens": 24, "hundreds": 200, "thousands": 2_000, "millions": 2_000_000, "tens": 20, "scores": 40}
VAGUE = re.compile(
    r"(?i)\b(?P<vague>tens|dozens|scores|hundreds|thousands|millions)(?:\sof\s(?P<of>thousands|millions))?\b"
)
RANGE = re.compile(r"(?i)\s(?:and|to)\s|\s?[-–]\s?")
AGE_BEFORE = re.compile(r"(?i)(?:\baged?(?:\sof)?|\bat\sthe\sage\sof)\s$")
AGE_AFTER = re.compile(r"(?i)[\s-](?:years?)[\s-]old\b")
AGED = re.compile(r"(?<=[a-zà-ÿ]), (\d{1,3})(?=,(?!\d))|, who is (\d{1,3})\b|\bis (\d{1,3})(?= and\b|[,.](?!\d))")
WEIGHED = re.compile(r"(?i)\b(?:weigh\w*|weight|heav\w+|baby|catch)\b")
_NAME_LINKS = r"(?:de|del|della|di|da|dos|du|von|van|der|den|bin|ibn|al|el|la|le|of|y|&)"
_CAPITAL = r"(?:(?:[A-Z]\.)+|(?:Mr|Mrs|Ms|Dr|St|Prof|Gen|Gov|Sen|Rep|Col|Sgt|Lt|Capt)\.|[A-ZÀ-ÖØ-Þ](?:[\w’'-]*\w)?)"
NAME = re.compile(rf"(?<![\w’'.-]){_CAPITAL}(?:[ ]{_NAME_LINKS}(?=[ ][A-ZÀ-ÖØ-Þ])|[ ]{_CAPITAL})*")
POSSESSIVE = re.compile(r"['’]s?$")
CALENDAR = frozenset((*MONTHS, *WEEKDAYS, *(f"{day}s" for day in WEEKDAYS)))
TITLES = frozenset(
    """minister secretary president prime vice deputy foreign mr mrs ms miss dr sir dame lord lady captain coach judge
    justice professor prof senator sen rep representative governor gov mayor chief general colonel king queen prince
    princess pope sheikh chairman chairwoman director officer executive manager assistant state affairs of for the
    spokesman spokeswoman spokesperson ambassador commissioner chancellor sergeant inspector detective bishop cardinal
    striker midfielder defender goalkeeper""".split()
)
# The end of the words about one number.
PART = re.compile(rf"[,;:–—.]\s|\s(?:and|but|while|with|after|as)\s|\s(?={_DIGITS}|(?:{NUMBER_WORDS})\s)")
# What becomes of people, and the words that say so.
FATES = {
    "dead": r"die[sd]?|dying|dead|deaths?|dea?dly|kill(?:s|ed|ing)?|fatalit\w+|drown(?:ed|s)?|perish\w*|murdered|slain|"
    r"claimed \S+ (?:lives|victims)|lost (?:their|his|her) li(?:fe|ves)",
    "injured": r"injur\w+|hurt|wound(?:ed|s|ing)?|maimed",
    "homeless": r"homeless|displac\w+|uprooted|lost (?:their|his|her) homes?",
    "evacuated": r"evacuat\w+|brought to safety",
    "missing": r"missing|unaccounted|disappeared",
    "arrested": r"arrest\w*|detain\w*|apprehend\w*|jailed",
    "rescued": r"rescued?|saved?",
    "ill": r"infected|infections?|sickened|ill|sick|treated|hospitali[sz]ed",
}
FATE = re.compile("(?i)" + "|".join(rf"\b(?P<{fate}>{spelt})\b" for fate, spelt in FATES.items()))

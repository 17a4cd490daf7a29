"""Raised and lowered text -> plain characters that say the same: "10⁶", "m²", "H₂O", "1200[3] crowns".

A parser puts marks around raised and lowered text. `settle` replaces them when the words around them are known. A power
becomes superscripts. The mark of a note gets brackets, so that it never becomes part of a number or a word. In doubt
raised figures are the mark of a note, because brackets change no number.
"""

import re

RAISED, LOWERED, NOTE, POWER, END = "\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe"
"""The marks: code points that Unicode keeps from every text. The last one closes each of the others."""

_OPENERS = f"{RAISED}{LOWERED}{NOTE}{POWER}"
_MARKS = re.compile(f"[{_OPENERS}{END}]")
_PART = re.compile(f"([{_OPENERS}])([^{_OPENERS}{END}]*){END}")
_CONTINUED = re.compile(f"((?P<kind>[{_OPENERS}])[^{_OPENERS}{END}]*){END}(?P=kind)")

MOST_NESTED = 4
"""Raised text in raised text; files have two, a note's link in a raised run."""

LOOK_BEHIND = 60
"""Characters in front of a mark that decide what it is."""

_SUPERSCRIPTS = str.maketrans("0123456789+-−–=()nix", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿⁱˣ")
_SUBSCRIPTS = str.maketrans("0123456789+-−–=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎")
_SUPERSCRIPT_TEXT = re.compile(r"[\d+\-−–=()nix]+")
_ORDINALS = frozenset("st nd rd th e er re ère ème nde o os a as r rs me mme lle".split())
_SIGNS = {"TM": "™", "SM": "℠", "tm": "™", "sm": "℠"}

_SIGNED = re.compile(r"[+\-−–]\s?\d+|\d*[+\-−–]")
_FIGURES = re.compile(r"\d{1,3}")
_NUMBERS = re.compile(r"\d{1,3}(?:\s?[,;–-]\s?\d{1,3})+")
_DECIMAL = re.compile(r"\d+[.]\d+")
_LETTER_MARK = re.compile(r"[a-z](?:\s?,\s?[a-z])*|[ivx]{1,5}|\d{1,3}[a-z]|[A-Z]")
_BRACKETED = re.compile(r"[\[(].*[\])]", re.DOTALL)

_UNITS = frozenset("m cm mm km dm nm µm μm um pm ft yd mi kg Å cc".split())
_UNIT_WORDS = frozenset("in s h min sec g l L K J W N V A a d mg ms cd mol rad Pa inch miles".split())
"""Units that are words or letters too: only after a number, a stroke or "per"."""

_NUMBER_END = re.compile(r"(?P<lead>[^\s\d]?\s?)(?<![\d.,])(?P<number>\d[\d.,'’\u00a0\u202f]*)$")
_LETTERS_END = re.compile(r"[^\W\d_]+$")
_OPERATOR_END = re.compile(r"[=×·∙⋅*^≈≤≥<>∝+−√]\s?$")
_OPERATOR_START = re.compile(r"\s?[=×·∙⋅≈≤≥<>∝]|\s[+−*/-]\s?\d")
_PER_END = re.compile(r"(?:\d[\s\u00a0\u202f]?|[/·⋅]\s?|\bper\s)$")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)(?:uary|ruary|ch|il|ust|tember|ober|ember)?\b\.?"
_MONTH_END = re.compile(rf"{_MONTH}\s?$")
_MONTH_START = re.compile(rf"\s?{_MONTH}")
_NAMED_END = re.compile(
    r"(?i)\b(?:plan|vitamin|hepatitis|group|table|figure|appendix|annex|class|category|section|part|type|article"
    r"|exhibit|model|phase|schedule|route|series|influenza|team|block)\s$"
)
_NUMBERED_END = re.compile(
    r"(?i)(?:\b(?:page|pages|p\.|pp\.|no\.|section|chapter|article|rule|room|age|aged)|[€$£¥#§])\s?$"
)
_POWERS_OF_TWO = frozenset("8 10 16 20 24 30 32 40 48 53 63 64 128 256".split())
_FUNCTIONS = frozenset("sin cos tan log ln exp cot sec".split())
_ELEMENT_START = re.compile(r"([A-Z][a-z]?)(?![A-Za-z])")
_ELEMENTS = frozenset(
    "H Li B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh "
    "Pd Ag Cd Sn Sb Te Xe Cs Ba La Ce Nd Sm Eu Gd Tb Er Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po Rn Ra Ac Th Pa U "
    "Np Pu Cm Cf".split()
)
_ELEMENTS_LIKE_WORDS = frozenset("He Be I As In At No Am".split())
"""Elements that read as words: only after three figures, as of ¹³¹I; so many notes are rare."""

_WORD = re.compile(r"[^\W\d_]{3,}")


def raised(text: str) -> str:
    """Mark text that a file raises: an exponent, a note's mark, an ordinal's letters."""
    return f"{RAISED}{text}{END}" if text else ""


def lowered(text: str) -> str:
    """Mark text that a file lowers."""
    return f"{LOWERED}{text}{END}" if text else ""


def note_mark(text: str) -> str:
    """Mark text that a file calls the mark of a note."""
    return f"{NOTE}{text}{END}" if text else ""


def power(text: str) -> str:
    """Mark text that a file calls an exponent."""
    return f"{POWER}{text}{END}" if text else ""


def settle(text: str) -> str:
    """Replace the marks of a text by characters.

    Args:
        text: a line or paragraph, with the text before and after the marks.

    Returns:
        The text without marks; the same object if there are none.
    """
    if text.isascii() or not _MARKS.search(text):
        return text
    for _ in range(MOST_NESTED):
        count = 1
        while count:
            text, count = _CONTINUED.subn(r"\1", text)
        settled = _settle_innermost(text)
        if settled == text:
            break
        text = settled
    return _MARKS.sub("", text)


def _settle_innermost(text: str) -> str:
    pieces: list[str] = []
    tail = ""  # the end of what is settled, without marks
    position = 0
    for part in _PART.finditer(text):
        between = text[position : part.start()]
        pieces.append(between)
        tail = (tail + _MARKS.sub("", between[-2 * LOOK_BEHIND :]))[-LOOK_BEHIND:]
        after = _MARKS.sub("", text[part.end() : part.end() + 40])
        core = part[2].strip()
        before, behind = part[2][: len(part[2]) - len(part[2].lstrip())], part[2][len(part[2].rstrip()) :]
        said = f"{before}{_replacement(part[1], core, tail + before, behind + after)}{behind}" if core else part[2]
        pieces.append(said)
        tail = (tail + said)[-LOOK_BEHIND:]
        position = part.end()
    return "".join((*pieces, text[position:]))


def _replacement(kind: str, core: str, before: str, after: str) -> str:
    """The replacement for marked text, given the text before and after it."""
    if kind == LOWERED:
        return core if before[-1:] in "/⁄" and before else core.translate(_SUBSCRIPTS) if _has_figure(core) else core
    if kind == POWER:
        return _exponent(core)
    if _BRACKETED.fullmatch(core):
        return core
    if kind == NOTE:
        return _bracket(core, before, after) if any(map(str.isalnum, core)) else core
    if after[:1] in ("/", "⁄") and core.isdecimal():
        return f" {core}" if before[-1:].isdecimal() else core  # "3 1/2"
    return _replace_raised(core, before, after)


def _replace_raised(core: str, before: str, after: str) -> str:
    """The replacement for raised text that the file calls neither power nor note."""
    if _SIGNED.fullmatch(core):
        return core.translate(_SUPERSCRIPTS).replace(" ", "") if before[-1:].strip() else core
    if not any(map(str.isalnum, core)):
        return core
    if _FIGURES.fullmatch(core):
        return core.translate(_SUPERSCRIPTS) if _is_power(core, before, after) else _bracket(core, before, after)
    if _NUMBERS.fullmatch(core):
        return _bracket(core, before, after)
    return _raised_letters(core, before, after)


def _raised_letters(core: str, before: str, after: str) -> str:
    after_figure = before[-1:].isdecimal()
    if core in _SIGNS:
        return _SIGNS[core]
    if after_figure and core == "o":
        return "°" if after[:1] in ("C", "F") else "º"
    if core in _ORDINALS and (core not in ("a", "o") or after[:1].isalpha()):
        return core
    in_formula = _is_base(before) and not core.isupper() and (len(core) == 1 or not core.isalpha())
    if in_formula or _DECIMAL.fullmatch(core):
        return _exponent(core)
    if _LETTER_MARK.fullmatch(core) and not after[:1].isalpha() and len(_word_end(before)) != 1:
        return _bracket(core, before, after)
    return f" {core}" if after_figure else core


def _exponent(core: str) -> str:
    if _SUPERSCRIPT_TEXT.fullmatch(core):
        return core.translate(_SUPERSCRIPTS)
    return f"^{core}" if len(core) == 1 or _DECIMAL.fullmatch(core) else f"^({core})"


def _bracket(core: str, before: str, after: str) -> str:
    """A note's mark in brackets; at the start of a note, with a space before the first word."""
    leads = not before.strip() and after[:1].strip()
    return f"[{core}]{' ' if leads and after[:1].isalnum() else ''}"


def _is_power(core: str, before: str, after: str) -> bool:
    """Whether raised figures are an exponent: after 10, a unit or a letter of a formula; else they mark a note."""
    last = before[-1:]
    if not last.strip() or last in "([":
        return _is_isotope(core, after)
    if last in "₀₁₂₃₄₅₆₇₈₉":
        return True
    if last.isdecimal():
        return _is_power_of_number(core, before, after)
    if last == ")":
        inside = before[before.rfind("(") + 1 : -1]
        return "(" in before and _WORD.search(inside) is None and any(sign in inside for sign in "+-−=×·*/")
    word = _word_end(before)
    return bool(word) and _is_power_of_letters(core, word, before[: -len(word)], after)


def _is_isotope(core: str, after: str) -> bool:
    found = _ELEMENT_START.match(after)
    return found is not None and (found[1] in _ELEMENTS or (found[1] in _ELEMENTS_LIKE_WORDS and len(core) == 3))


def _is_power_of_number(core: str, before: str, after: str) -> bool:
    found = _NUMBER_END.search(before)
    if found is None:
        return False
    lead = before[: found.start("number")]
    if _OPERATOR_END.search(lead) or _OPERATOR_START.match(after):
        return True
    if _MONTH_END.search(lead) or _MONTH_START.match(after) or _NUMBERED_END.search(lead):
        return False
    if found["number"] == "10":
        return True
    return found["number"] == "2" and core in _POWERS_OF_TWO


def _is_power_of_letters(core: str, word: str, lead: str, after: str) -> bool:
    small = core in ("2", "3", "4")
    if word in _FUNCTIONS or (word in _UNITS and small):
        return True
    if word in _UNIT_WORDS and len(word) > 1:
        return small and _PER_END.search(lead) is not None
    if _OPERATOR_END.search(lead) or (len(word) <= 2 and lead[-1:].isdecimal()):
        return len(word) <= 3
    if len(word) == 1:
        return len(core) == 1 and core != "1" and _NAMED_END.search(lead) is None and not _in_name(lead)
    return len(word) <= 2 and _OPERATOR_START.match(after) is not None


def _in_name(lead: str) -> bool:
    """Whether a letter belongs to an abbreviation such as "U.S" or "R&D"."""
    return lead[-1:] in (".", "&", "-", "'", "’")


def _is_base(before: str) -> bool:
    """Whether an exponent in letters may follow it: 10, 2, e or a single letter."""
    found = _NUMBER_END.search(before)
    return (found is not None and found["number"] in ("10", "2")) or len(_word_end(before)) == 1 or before[-1:] == ")"


def _word_end(before: str) -> str:
    found = _LETTERS_END.search(before)
    return found[0] if found else ""


def _has_figure(text: str) -> bool:
    return any(map(str.isdecimal, text)) or text in ("+", "-", "−")

"""A place in a text -> what the text does with the words there: it denies, asks, supposes or quotes them.

In: a text and a span. Out: a `Context`, or None if the text states these words itself. One decision: only what stands
outside the span counts, as whoever reads the span sees the rest. What governs it is looked for in its own sentence: the
words in front of it up to the last strong stop, and the words behind it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..records import Context, ContextKind, Span
from .quotation_marks import Marked, marked_quotations
from .sentences import split_sentences
from .tokens import FUNCTION_TERMS, is_unspaced

FAR = 1_500
"""Characters on each side that are read: more than a long paragraph."""

WORDS_SHOWN = 5
"""Words before and after that are shown."""

_NEAR = 120
"""Characters in which these words are looked for."""

FEWEST_QUOTED = 3
"""Words in quotation marks that are somebody's; fewer are a term."""

_NEGATION = r"(?:not|n[’']t|never|cannot|nor|neither|hardly|scarcely)"
_NEGATING = rf"(?:{_NEGATION}|no|none|nobody|nothing)"
_NEAR_NEGATION = re.compile(
    rf"(?i)(?:\b{_NEGATION}|n[’']t)\b(?:\s+[^\s,;:.]+){{0,2}}\s*$|\b(?:no|few|little)\s*$|\b(?:nobody|no one|none)\s*$"
)
_DENYING = (
    r"den(?:y|ies|ied|ying|ials?)|reject(?:s|ed|ing|ion)?|refut\w*|rebut\w*|disput\w*|dismiss\w*|debunk\w*|disprov\w*"
    r"|repudiat\w*|contradict\w*|contrary to|untrue|false|falsely|myths?|rumou?rs?|unfounded|baseless|incorrect|wrong"
    r"|wrongly|hoax|a lie|discredit\w*|retract\w*|recant\w*|t(?:ook|akes?|aken) back|withdr[ae]w\w*"
    r"|fabricat\w*|invented|mistaken?|stop(?:s|ped)? short|disagree\w*|thrown out|doubt(?:s|ed|ful)?|disbeliev\w*"
    r"|nonsense"
    r"|no (?:\w+ )?(?:evidence|proof|signs?|indication|basis|reason|truth)"
    r"|nothing (?:\w+ ){0,2}(?:show|suggest|prove)\w*"
    rf"|{_NEGATION} (?:\w+ )?(?:true|the case|correct|accurate|right|so)|(?:nobody|no one|none)(?: [^\s,;]+){{1,5}}"
    r"|(?:not|never|cannot) (?:\w+ )?(?:say|said|claim|claimed|believe|believed|think|thought|mean|find|found|show"
    r"|shown|suggest|prove|proven|confirm|confirmed|establish|established|accept|accepted)"
)
_DENIAL = re.compile(
    rf"(?i)\b(?:{_DENYING})\b|n[’']t (?:say|claim|believe|think|mean|show|suggest|prove|confirm|agree)\b"
)
_NEGATED_THAT = re.compile(
    rf"(?i)\b(?:{_NEGATING}|few|little|barely|without|far from|refus\w+)\b[^;:]*\bthat\s*$"
    r"|n[’']t\b[^;:]*\bthat\s*$"
)
"""A negation anywhere in the clause that governs "that", right in front of the words."""
_DENIAL_BEHIND = re.compile(
    rf"(?i)^[^.?!]{{0,80}}?\b(?:is|are|was|were|proved|proves|which|claims?|\w+s?)\b[^.?!,;]{{0,40}}?\b(?:{_DENYING})\b"
)
_NO_DENIAL = re.compile(
    rf"(?i)\b(?:{_NEGATION}|no|little|without|beyond|nobody|no one)\s+(?:\w+\s+)?"
    r"(?:den(?:y|ies|ied|ying)|doubt\w*|disput\w*|reject\w*|refut\w*|dismiss\w*|question\b|wonder\b|secret\b|surprise\b)"
)
_LEFT_OUT = re.compile(rf"(?i)\b{_NEGATING}\b|\w+n[’']t\b")
_ASIDE = re.compile(r",[^,;:.?!]*,|\([^()]*\)")
_ASKING = re.compile(
    r"(?i)\bwhether\b|\b(?:ask|asks|asked|asking|know|knows|knew|see|learn|check|wonder\w*|inquir\w*|enquir\w*|unsure"
    r"|uncertain|unclear|question\w*)\s(?:\w+\s){0,3}?(?:if|why|how)\b"
)
_CONTENTS = (
    "suggestion|belief|view|idea|notion|theory|claim|allegation|assertion|accusation|opinion|impression|fear|hope"
    "|possibility|chance|risk|prediction|argument|contention|proposal|story|complaint|suspicion|presumption"
)
"""Nouns of what somebody may think or say: "the suggestion that ..." states nothing."""
_THOUGHT = re.compile(rf"(?i)\b(?:{_CONTENTS})s?(?:\s[^\s,;:]+){{0,4}}?\sthat\s*$")
_SUPPOSING = re.compile(
    r"(?i)(?:^|[,;—–(“\"]\s*|\b(?:that|and|but|or|only|even|as|what)\s)(?:if|unless|provided|in case|in the event)\b"
    r"(?! (?:not|any|so)\b[,.])|\b(?:if|unless|lest)\s*$"
    r"|\b(?:suppos(?:e|es|ing)|assum(?:e|es|ed|ing|ption)|imagin(?:e|es|ed|ing)|pretend\w*|hypothe\w*"
    r"|sake of argument|scenarios?|(?:as|so) long as)\b"
    r"|^\W*(?:say|picture|let us|let[’']s)\b[^.;:]*\b(?:that|in which|where)\s*$"
)
_INVERTED = re.compile(r"(?:^|[.?!]\s)(?:Had|Were|Should)\s(?!\S+\s(?:said|been asked)\b)[^?]*$")
_SUPPOSED_BEHIND = re.compile(r"(?i)^\s*,?\s*(?:(?:but |and )?only )?(?:if|unless|provided|assuming|as long as)\b")
_STRONG_STOP = re.compile(r"[;:]\s|[.?!]\s")

_SAYING = (
    "said|says|say|told|tells|added|adds|wrote|writes|argued|argues|claimed|claims|stated|states|announced|announces"
    "|explained|explains|noted|notes|asked|asks|replied|insisted|insists|warned|warns|testified|alleged|alleges"
    "|acknowledged|admitted|tweeted|posted|recalled|continued|concluded|declared|declares|remarked|contended|contends"
    "|maintained|maintains|according to"
)
_NAME_WORD = r"[^\s,;:.“”\"()]+(?:\.[^\s,;:.“”\"()]+)*(?:\.(?=\s))?"
_NAMED = rf"{_NAME_WORD}(?:\s{_NAME_WORD}){{0,7}}?"
_SPEAKER_BEHIND = re.compile(
    rf"^\W{{0,4}}\s?(?:(?:according to|said|says|wrote|writes|asked|added|explained)\s(?P<after>{_NAMED})"
    rf"(?=[,;:.“\"]|\s(?:on|in|at|during|after|when|as|who|to)\s|\s*$)"
    rf"|(?P<before>{_NAMED})\s(?:has\s|had\s)?(?:{_SAYING})\b)"
)
_SPEAKER_BEFORE = re.compile(
    rf"(?:^|[,;:.]\s|\b(?:but|and|while|as)\s)(?P<name>{_NAMED})\s(?:has\s|had\s)?(?:{_SAYING})\b[^,;:.“\"]{{0,80}}[,:]?\s*$"
)
_ACCORDING = re.compile(rf"(?i)\baccording to\s(?P<name>{_NAMED})(?=[,;:.“\"]|\s*$)")
_REPORTED = re.compile(
    rf"(?:^|[,;]\s)(?P<name>{_NAMED})\s(?:has\s|had\s)?(?:says?|said|claims?|claimed|argues?|argued|alleges?|alleged"
    r"|states?|stated|reports?|reported)\s(?:that\s)?$"
)
_SAID = re.compile(rf"(?i)\b(?:{_SAYING})\b")
_SUPPOSED = re.compile(
    r"(?i)\b(?:if|unless|until|except|only|but|though|although|however|may|might|could|would|should|allegedly|supposedly"
    r"|perhaps|possibly|probably|likely|subject|provided|assuming|suppos\w*|pretend\w*|imagin\w*)\b"
)
"""What limits a statement beside it, wherever it stands."""
_PRONOUNS = frozenset("he she they it i we you who that this which there one".split())


@dataclass(frozen=True, slots=True)
class _Around:
    """The sentence of a span, without the span: what stands before it and after it, with their places."""

    lead: str
    lead_start: int
    tail: str
    tail_start: int


def context_of(text: str, span: Span, shown: Span | None = None) -> Context | None:
    """Tell what a text does with the words of a span.

    Args:
        text: a document's text.
        span: start and end of the words.
        shown: start and end of what a reader sees, if that is more; the words before and after are those around it.

    Returns:
        None if the text states the words itself, as far as its own sentence shows.
    """
    start, end = span
    first, last = _window(text, start, end)
    around = _around(text, start, end, first, last)
    marked = _enclosing(text, start, end)
    found: list[tuple[ContextKind, Span]] = list(_kinds(text, around, start, end))
    speaker = None
    if marked is not None:
        found.append((ContextKind.QUOTATION, marked.outer))
        speaker = _speaker_of(text, marked, first, last)
    else:
        speaker = _reporter(around)
    if not found and speaker is None:
        return None
    kinds = tuple(dict.fromkeys(kind for kind, _ in found))
    return Context(kinds, speaker, found[0][1] if found else None, *_words_around(text, *(shown or span)))


def negation_left_out(text: str) -> str:
    """The first negation in words that an ellipsis leaves out of a text, if what is kept loses it; else "".

    An aside between commas or in brackets keeps its own. So do whole sentences, and of words that begin or end another
    sentence than they stand in, only a negation at the kept words counts.
    """
    plain = _ASIDE.sub(" ", text)
    found = _LEFT_OUT.search(plain)
    if found is None or len(list(split_sentences(plain))) <= 1:
        return found[0] if found else ""
    if not plain[: found.start()].strip():
        return found[0]
    *_, last = split_sentences(plain)
    near = _NEAR_NEGATION.search(plain[last[0] :])
    inside = _LEFT_OUT.search(near[0]) if near else None
    return inside[0] if inside else ""


def weakens(text: str) -> bool:
    """Whether words deny, suppose, ask or report, so that what stands beside them may not be stated without them.

    Words that are longer than a paragraph are not read, and count as if they did.
    """
    return len(text) > FAR or bool(
        _LEFT_OUT.search(text)
        or _DENIAL.search(text)
        or _SUPPOSED.search(text)
        or _ASKING.search(text)
        or _SAID.search(text)
        or "?" in text
    )


def _window(text: str, start: int, end: int) -> Span:
    """The paragraph of a span, cut to what is near."""
    first = text.rfind("\n\n", max(0, start - FAR), start)
    last = text.find("\n\n", end, end + FAR)
    return max(0, start - FAR) if first < 0 else first + 2, min(len(text), end + FAR) if last < 0 else last


def _around(text: str, start: int, end: int, first: int, last: int) -> _Around:
    """What stands before and after a span in its sentence."""
    begin, stop = start, end
    for one, other in split_sentences(text, first, last):
        if one <= start < other:
            begin = one
        if one < end <= other:
            stop = other
            break
    lead, tail = text[begin:start], text[end:stop]
    return _Around(lead, begin, tail, end)


def _kinds(text: str, around: _Around, start: int, end: int) -> Iterator[tuple[ContextKind, Span]]:
    """What the sentence does with the span, with the places of the words that tell so."""
    lead = around.lead
    stops = list(_STRONG_STOP.finditer(lead))
    cut = stops[-1].end() if stops else 0
    clause = lead[cut:]

    def placed(match: re.Match[str], shift: int) -> Span:
        return match.start() + shift, match.end() + shift

    at = around.lead_start + cut
    denial = _DENIAL.search(clause) or _NEGATED_THAT.search(clause) or _NEAR_NEGATION.search(clause)
    behind = None if denial else _DENIAL_BEHIND.match(around.tail)
    if denial and not _NO_DENIAL.search(clause):
        yield ContextKind.DENIAL, placed(denial, at)
    elif behind and not _NO_DENIAL.search(behind[0]):
        yield ContextKind.DENIAL, placed(behind, around.tail_start)
    elif thought := _THOUGHT.search(clause):
        yield ContextKind.HYPOTHESIS, placed(thought, at)
    if around.tail.rstrip(" \n”\"’')").endswith("?") and "?" not in text[start:end][-2:]:
        mark = around.tail.rfind("?") + around.tail_start
        yield ContextKind.QUESTION, (mark, mark + 1)
    elif asking := _ASKING.search(clause):
        yield ContextKind.QUESTION, placed(asking, at)
    supposed = _SUPPOSING.search(clause) or _INVERTED.search(clause)
    if supposed:
        yield ContextKind.HYPOTHESIS, placed(supposed, at)
    elif behind := _SUPPOSED_BEHIND.match(around.tail):
        yield ContextKind.HYPOTHESIS, placed(behind, around.tail_start)


def _enclosing(text: str, start: int, end: int) -> Marked | None:
    """The innermost quotation that has the span in it, with both marks outside."""
    first = max(0, start - FAR)
    first = text.find("\n\n", first, start) + 2 if first and "\n\n" in text[first:start] else first
    piece = text[first : end + FAR]
    found = None
    for one in marked_quotations(piece):
        if (
            one.start + first <= start
            and end <= one.end + first
            and len(piece[one.start : one.end].split()) >= FEWEST_QUOTED
        ):
            found = one
    if found is None:
        return None
    outer = (found.outer[0] + first, found.outer[1] + first)
    return Marked(found.start + first, found.end + first, outer, found.depth)


def _speaker_of(text: str, marked: Marked, first: int, last: int) -> str | None:
    """Who says what is in quotation marks, by the words in front of it or behind it."""
    behind = " ".join(text[marked.outer[1] : min(last, marked.outer[1] + 200)].split())
    lead = text[max(first, marked.outer[0] - 300) : marked.outer[0]]
    lead = " ".join(lead[_last_stop(lead) :].split())
    for pattern, where in (
        (_SPEAKER_BEHIND, behind),
        (_ACCORDING, behind),
        (_SPEAKER_BEFORE, lead),
        (_ACCORDING, lead),
    ):
        found = pattern.search(where)
        if found:
            name = next(filter(None, found.groupdict().values()), "")
            if spoken := _name(name):
                return spoken
    return None


def _last_stop(lead: str) -> int:
    """Where the last sentence of a text begins."""
    sentences = split_sentences(lead)
    return sentences[-1][0] if sentences else 0


def _reporter(around: _Around) -> str | None:
    """Whose report the words are, without quotation marks: "according to CBP", "the ministry said that"."""
    tail, lead = " ".join(around.tail.split()), " ".join(around.lead.split()) + " "
    behind = _SPEAKER_BEHIND.match(tail) if tail[:1] in ',”"' else None
    for found in (behind, _ACCORDING.search(tail), _ACCORDING.match(lead), _REPORTED.search(lead)):
        if found and (name := _name(next(filter(None, found.groupdict().values()), ""))):
            return name
    return None


def _name(words: str) -> str | None:
    """A speaker's name; a pronoun names nobody."""
    name = words.strip(" -–—'’")
    is_empty = all(word.casefold() in _PRONOUNS or word.casefold() in FUNCTION_TERMS for word in name.split())
    return None if is_empty or len(name) < 2 else name


def _words_around(text: str, start: int, end: int) -> tuple[str, str]:
    """Five words before a span, and five after it; fewer if they are very long."""
    before, after = words_before(text, start, _NEAR), words_after(text, end, _NEAR)
    return " ".join(before.split()[-WORDS_SHOWN:]), " ".join(after.split()[:WORDS_SHOWN])


def words_before(text: str, end: int, near: int) -> str:
    """What stands before a place, up to so many characters, without a word that would be cut."""
    start = max(0, end - near)
    while start < end and _cuts(text, start):
        start += 1
    return text[start:end]


def words_after(text: str, start: int, near: int) -> str:
    """What stands behind a place, up to so many characters, without a word that would be cut."""
    end = min(len(text), start + near)
    while end > start and _cuts(text, end):
        end -= 1
    return text[start:end]


def _cuts(text: str, at: int) -> bool:
    """Whether a place is between two characters of a word. Where a script has no spaces, any place may be cut at."""
    beside = text[at - 1 : at + 1] if at else ""
    return len(beside) == 2 and not any(one.isspace() or is_unspaced(one) for one in beside)

"""Boxes and blocks of a page -> which blocks are its article.

The article is one box of the page. Scores find it, as in Arc90's Readability. It is then extended to the boxes around
it, as long as that adds prose.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from .boxes import Box, HtmlBlock

SHORTEST_ARTICLE = 200
"""A page with fewer characters has no article: an app, a notice. All of it except navigation is content then."""

SHORT_ARTICLE = 1_000
"""A shorter article must hold half of the page's prose; otherwise it is the longest entry of a list, such as search
results."""

MOST_LINKED = 0.5
"""Share of links over which a list or a box inside the article is one of other stories."""

MOST_EXCLUDED = 0.5
"""A box with a greater share of the page's prose is never excluded: some pages call the box around everything
"community" or "sidebar-right"."""

CLIMB_PROSE = 0.5
"""A box is the article's if so much of what it adds to the box inside it is prose: the paragraphs come in several
boxes."""

LEAST_GAIN = 0.05
"""The article's box grows to the one around it if that adds this share of prose."""

LEAST_OF_BEST = 0.1
"""Share of the page's prose in the box that scores best, before it is grown; teasers score well but hold less."""

_NOT_THE_ARTICLE = re.compile(
    r"(?i)-ad-|ai2html|banner|breadcrumbs?|combx|comment|community|cover-wrap|disqus|extra|footer|gdpr|header|legends|menu"
    r"|related|remark|replies|rss|shoutbox|sidebar|skyscraper|social|sponsor|supplemental|ad-break|agegate|pagination"
    r"|pager|popup|cookie|newsletter"
)
_PERHAPS_THE_ARTICLE = re.compile(r"(?i)\band\b|article|body|column|content|main|mathjax|shadow")
_GOOD = re.compile(r"(?i)article|body|content|entry|main|page|post|text|blog|story")
_BAD = re.compile(
    r"(?i)-ad-|\bhid(den)?\b|banner|combx|comment|com-|contact|footer|gdpr|masthead|media|meta|outbrain|promo|related"
    r"|scroll|share|shoutbox|sidebar|skyscraper|sponsor|shopping|tags|widget"
)
"""Words in classes and ids by which Arc90's Readability and its followers rate boxes."""

_NAVIGATION_TAGS = frozenset("nav footer menu".split())
_ASIDE_TAGS = frozenset("aside button form fieldset".split())
_NAVIGATION_ROLES = frozenset("menu menubar navigation contentinfo".split())
_ASIDE_ROLES = frozenset("complementary alert alertdialog dialog hidden".split())
_TAG_SCORES = {
    **dict.fromkeys("div article main".split(), 5),
    **dict.fromkeys("section pre td blockquote".split(), 3),
    **dict.fromkeys("ol ul dl dd li form".split(), -3),
}
_LEAVES = frozenset("p td pre tr caption blockquote li dd figcaption".split())
_LISTS = frozenset("ul ol dl div section table".split())
_PARTS = frozenset("p li tr ul ol pre blockquote table tbody dl dd".split())
_COMMA = re.compile("[,،﹐︐⹁⸴⸲、，]")

PROSE_FROM = 40
"""A block of this many characters is prose; menus and headlines of teasers are mostly shorter."""

PROSE_IN_LISTS = 0.2
"""What a list item's prose counts for: teasers and galleries are lists, and few articles are."""

SENTENCE_ENDS = '.!?…。:;"”'
"""What a paragraph ends in, however short."""

SHORTEST_SCORED = 25
"""Characters of the shortest paragraph that scores; Readability's number."""


def find_article(boxes: Sequence[Box], blocks: Sequence[HtmlBlock]) -> list[bool]:
    """Find a page's article.

    Args:
        boxes: the page's boxes, in order; their sums and scores are filled in.
        blocks: its blocks.

    Returns:
        For each block, whether it belongs to the article; on a page without one, whether it is not navigation.
    """
    _exclude(boxes, blocks)
    article = _in_best_box(boxes, blocks)
    found = [block for block, kept in zip(blocks, article, strict=True) if kept]
    length = sum(len(block.text) for block in found)
    if length >= SHORT_ARTICLE or (length >= SHORTEST_ARTICLE and sum(map(_prose, found)) * 2 >= boxes[0].prose):
        return _with_headline(article, blocks)
    return all_but_navigation(blocks)


def all_but_navigation(blocks: Iterable[HtmlBlock]) -> list[bool]:
    """For each block, whether it is neither navigation nor a footer."""
    return [not _is_navigation(block.box) for block in blocks]


def _with_headline(article: list[bool], blocks: Sequence[HtmlBlock]) -> list[bool]:
    """The article with the nearest top heading above it, which often has its own box."""
    above = range(article.index(True), -1, -1)
    place = next((place for place in above if blocks[place].box.tag == "h1" and not blocks[place].box.excluded), None)
    return [kept or number == place for number, kept in enumerate(article)]


def _is_navigation(box: Box | None) -> bool:
    while box is not None:
        if box.tag in _NAVIGATION_TAGS or box.role in _NAVIGATION_ROLES:
            return True
        box = box.parent
    return False


def _exclude(boxes: Sequence[Box], blocks: Sequence[HtmlBlock]) -> None:
    """Mark the boxes that cannot contain an article, by their tags, roles and classes."""
    _sum_up(boxes, blocks)
    most = MOST_EXCLUDED * max((box.prose for box in boxes), default=0)
    for box in boxes:
        if box.parent is not None and box.parent.excluded:
            box.excluded = True
        elif box.tag in ("html", "body") or box.prose > most > 0:
            box.excluded = False
        else:
            box.excluded = (
                box.tag in _NAVIGATION_TAGS | _ASIDE_TAGS
                or box.role in _NAVIGATION_ROLES | _ASIDE_ROLES
                or (_NOT_THE_ARTICLE.search(box.hint) is not None and not _PERHAPS_THE_ARTICLE.search(box.hint))
            )


def _sum_up(boxes: Sequence[Box], blocks: Sequence[HtmlBlock]) -> None:
    """Count each box's characters, links and prose again, without excluded boxes."""
    for box in boxes:
        box.characters = box.linked = box.prose = 0
    for block in blocks:
        if not (block.box.excluded or block.picture):
            block.box.characters += len(block.text)
            block.box.linked += block.linked
            if not block.heading:
                block.box.prose += _prose(block)
    for box in reversed(boxes):
        if box.parent is not None:
            box.parent.characters += box.characters
            box.parent.linked += box.linked
            box.parent.prose += box.prose


def _prose(block: HtmlBlock) -> float:
    """Characters of a paragraph, as distinct from a label or a headline; its links don't count."""
    ends = block.text[-1] in SENTENCE_ENDS or block.box.tag == "pre"
    is_prose = ends or len(block.text) >= PROSE_FROM
    return len(block.text) * (1 - block.linked_share) * (PROSE_IN_LISTS if block.box.listed else 1) if is_prose else 0


def _in_best_box(boxes: Sequence[Box], blocks: Sequence[HtmlBlock]) -> list[bool]:
    """For each block, whether it is in the best box, extended to the whole article, without lists of links."""
    _sum_up(boxes, blocks)
    _score(blocks)
    scored = [box for box in boxes if box.score is not None]
    if not scored:
        return [not block.box.excluded for block in blocks]
    least = LEAST_OF_BEST * boxes[0].prose
    best = max(scored, key=lambda box: (box.prose >= least, _final_score(box)))
    inside = _boxes_inside(_grown(best), boxes)
    return [block.box in inside and not block.box.excluded for block in blocks]


def _score(blocks: Iterable[HtmlBlock]) -> None:
    """Give each paragraph's points to the boxes around it: in full, half, then a sixth and less."""
    for block in blocks:
        box = block.box
        if box.excluded or block.picture or block.heading or box.tag == "li" or len(block.text) < SHORTEST_SCORED:
            continue
        points = 2 + len(_COMMA.findall(block.text)) + min(len(block.text) // 100, 3)
        is_leaf = box.parent is not None and (box.tag in _LEAVES or not box.inner)
        around: Box | None = box.parent if is_leaf else box
        for share in (1, 2, 6, 9, 12):
            if around is None:
                break
            if around.score is None:
                around.score = _TAG_SCORES.get(around.tag, 0) + _hint_score(around.hint)
            around.score += points / share
            around = around.parent


def _hint_score(hint: str) -> int:
    return 25 * (bool(_GOOD.search(hint)) - bool(_BAD.search(hint)))


def _final_score(box: Box) -> float:
    return (box.score or 0) * (1 - box.linked / box.characters) if box.characters else 0


def _grown(best: Box) -> Box:
    """The box around the best one that contains the whole article: climb out of small parts, then while prose grows."""
    while best.tag in _PARTS and best.parent is not None:
        best = best.parent
    around = best.parent
    while around is not None:
        added = around.characters - best.characters
        if around.prose - best.prose > max(LEAST_GAIN * best.prose, CLIMB_PROSE * added):
            best = around
        around = around.parent
    return best


def _boxes_inside(top: Box, boxes: Iterable[Box]) -> set[Box]:
    """The article's box, the fitting boxes next to it, and all boxes inside them except lists of links."""
    roots = {top, *_fitting_siblings(top, boxes)}
    inside, lists = set(roots), set()
    for box in boxes:
        if box.parent in inside:
            inside.add(box)
        if box in inside and box not in roots and (box.parent in lists or _is_link_list(box)):
            lists.add(box)
    return inside - lists


def _fitting_siblings(top: Box, boxes: Iterable[Box]) -> Iterator[Box]:
    """Boxes next to the article's that have a fifth of its score, and loose paragraphs; as in Readability."""
    least = max(10, 0.2 * _final_score(top))
    for box in boxes:
        if box.parent is not top.parent or box.excluded or not box.characters:
            continue
        bonus = 0.2 * _final_score(top) if box.hint == top.hint and box.hint.strip() else 0
        linked = box.linked / box.characters
        is_paragraph = box.tag in ("p", "blockquote") and (linked == 0 or (box.characters > 80 and linked < 0.25))
        if is_paragraph or (box.score is not None and _final_score(box) + bonus >= least):
            yield box


def _is_link_list(box: Box) -> bool:
    return box.tag in _LISTS and box.characters < 2_000 and box.linked > MOST_LINKED * box.characters

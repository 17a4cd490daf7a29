"""A saved web page -> its visible text, with everything outside the article marked as furniture.

Everything that a browser shows is kept. The steps:

    markup       bytes -> the page's tree
    table_cells  tables that hold data -> lines
    boxes        the tree -> blocks of text, and the boxes around them
    article      boxes and blocks -> which blocks are the article
    pictures     the tree -> how many pictures it says nothing of
    metadata     the tree and the article -> title, author, publisher, day, language, address
"""

from ...errors import ReadingError
from ..builder import ExtractBuilder
from ..extract import Extract
from ..unread import UnreadContents
from .article import all_but_navigation, find_article
from .boxes import find_blocks
from .markup import decode_page, parse_page
from .metadata import describe
from .pictures import undescribed_pictures


def read(data: bytes, name: str) -> Extract:
    """Read a saved web page.

    Args:
        data: the file's bytes.
        name: the file's name, for messages.

    Returns:
        Its visible text, one block per line; everything outside the article is furniture.

    Raises:
        ReadingError: it is not text, has no visible text, or is too large or too deeply nested.
    """
    return read_html(data, name=name)


def add_html(builder: ExtractBuilder, page: bytes | str, unread: UnreadContents | None = None) -> None:
    """Add a chapter, letter or article in HTML to blocks, unless it has no text, such as a chapter of pictures.

    Args:
        builder: the blocks.
        page: the chapter.
        unread: counts its pictures without a description.
    """
    try:
        builder.add_extract(read_html(page, whole=True, unread=unread or UnreadContents()))
    except ReadingError:
        return


def read_html(
    data: bytes | str, *, whole: bool = False, name: str = "the page", unread: UnreadContents | None = None
) -> Extract:
    """Read a page, or a chapter or letter in HTML.

    Args:
        data: the page; bytes are decoded as the page declares.
        whole: whether it is not a web page, so that everything except navigation and footers is content.
        name: for messages.
        unread: counts its pictures without a description; without it, the extract warns of them.

    Returns:
        As `read`.

    Raises:
        ReadingError: as `read`.
    """
    text, warning = (data, None) if isinstance(data, str) else decode_page(data, name)
    tree = parse_page(text, name)
    counted = unread or UnreadContents()
    counted.pictures += undescribed_pictures(tree, whole=whole)
    boxes, blocks = find_blocks(tree)
    article = all_but_navigation(blocks) if whole else find_article(boxes, blocks)
    builder = ExtractBuilder()
    if warning:
        builder.warn(warning)
    for block, kept in zip(blocks, article, strict=True):
        for line, row in zip(block.lines, block.rows or [None] * len(block.lines), strict=True):
            builder.add(
                line, heading=block.heading, furniture=not kept, code=block.code, row=row, quoted=block.box.quoted
            )
    if unread is None:
        counted.warn(builder, name)
    about = describe(tree, text, blocks, article)
    return builder.build(name, about, why_empty="a page that is made by its scripts must be saved from the browser")

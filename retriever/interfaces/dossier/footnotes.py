"""Footnotes of a Word document: the part that holds them, and their marks in the text. python-docx has neither.

In: a document, and its paragraphs. Out: footnotes in it, which Word numbers itself. The form is that of ISO/IEC
29500-1, 17.11: two notes with a type are the lines above the notes; the others are numbered by their order in the text.
"""

from docx.document import Document as WordPage
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Pt
from docx.text.paragraph import Paragraph

_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_LINES = f"""<w:footnotes {nsdecls("w")}>
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>
</w:footnotes>"""
TEXT, MARK = "Footnote Text", "Footnote Reference"
"""Word's own names of the styles."""


class Footnotes:
    """The footnotes of a document that is being written. `finish` puts them into it."""

    def __init__(self, page: WordPage) -> None:
        """Add the styles that a document from python-docx's own template lacks."""
        self._page = page
        self._root: BaseOxmlElement = parse_xml(_LINES)
        self._count = 0
        text = page.styles.add_style(TEXT, WD_STYLE_TYPE.PARAGRAPH)
        text.base_style, text.font.size = page.styles["Normal"], Pt(9)
        text.paragraph_format.space_after = Pt(2)
        page.styles.add_style(MARK, WD_STYLE_TYPE.CHARACTER).font.superscript = True

    def add(self, paragraph: Paragraph, *lines: str) -> None:
        """Put a mark at the end of a paragraph, and its note, one paragraph for each line."""
        self._count += 1
        run = paragraph.add_run(style=MARK)
        mark = OxmlElement("w:footnoteReference")
        mark.set(qn("w:id"), str(self._count))
        run._r.append(mark)
        note = OxmlElement("w:footnote")
        note.set(qn("w:id"), str(self._count))
        for place, line in enumerate(lines):
            note.append(self._paragraph(line, is_first=place == 0))
        self._root.append(note)

    def finish(self) -> None:
        """Put the notes into the document."""
        data: bytes = serialize_part_xml(self._root)
        package = self._page.part.package
        part = Part(PackURI("/word/footnotes.xml"), _TYPE, data, package)
        self._page.part.relate_to(part, _RELATION)

    def _paragraph(self, line: str, *, is_first: bool) -> BaseOxmlElement:
        paragraph = Paragraph(OxmlElement("w:p"), self._page._body)
        paragraph.style = self._page.styles[TEXT]
        if is_first:
            run = paragraph.add_run(style=MARK)
            run._r.append(OxmlElement("w:footnoteRef"))
            line = f" {line}"
        paragraph.add_run(line)
        element: BaseOxmlElement = paragraph._p
        return element

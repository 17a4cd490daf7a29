"""A PDF file -> the names of the files that it carries: attached to the whole, or pinned to a page.

They are not read; their names are for a warning.
"""

import ctypes

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

MOST_ATTACHMENTS = 1_000
"""Attached files that are looked at; a collection of mails has some hundreds."""

MOST_ANNOTATIONS = 10_000
"""Annotations of a page that are looked at."""

LONGEST_NAME = 1_000
"""Bytes of a name in UTF-16; more is no name."""

UNNAMED = "without a name"


def attached_files(document: pdfium.PdfDocument) -> list[str]:
    """The names of the files attached to a document."""
    count = min(pdfium_c.FPDFDoc_GetAttachmentCount(document.raw), MOST_ATTACHMENTS)
    return [_name(pdfium_c.FPDFDoc_GetAttachment(document.raw, number)) for number in range(count)]


def pinned_files(page: pdfium.PdfPage) -> list[str]:
    """The names of the files that stand on a page as a pin or a paper clip."""
    names = []
    for number in range(min(pdfium_c.FPDFPage_GetAnnotCount(page.raw), MOST_ANNOTATIONS)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page.raw, number)
        if not annotation:
            continue
        if pdfium_c.FPDFAnnot_GetSubtype(annotation) == pdfium_c.FPDF_ANNOT_FILEATTACHMENT:
            names.append(_name(pdfium_c.FPDFAnnot_GetFileAttachment(annotation)))
        pdfium_c.FPDFPage_CloseAnnot(annotation)
    return names


def _name(attachment: object) -> str:
    length = min(pdfium_c.FPDFAttachment_GetName(attachment, None, 0), LONGEST_NAME) if attachment else 0
    if length < 2:
        return UNNAMED
    buffer = (ctypes.c_ushort * (length // 2 + 1))()
    written = pdfium_c.FPDFAttachment_GetName(attachment, buffer, ctypes.sizeof(buffer))
    name = bytes(buffer).decode("utf-16-le", "replace").strip("\0") if written <= ctypes.sizeof(buffer) else ""
    return name or UNNAMED

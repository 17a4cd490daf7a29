"""Reading: a file's bytes become a `Document`.

    folders     paths -> the files below them
    files       a file -> `Document`: the door; which module reads which suffix
    worker      a file is read in a process of its own, within limits
    sources     what `sources.toml` says of a folder's files
    furniture   a text without structure -> its blocks, and which of them belong to the page

One module a format, each with `read(data, name) -> Extract`:

    plain       plain text and Markdown, which `files` reads itself
    pdf         PDF                                 html        saved web pages
    docx        Word                                pptx        PowerPoint
    odt         OpenDocument                        tables      XLSX, CSV, TSV
    epub        electronic books                    mail        mails and mailboxes
    feed        RSS and Atom                        rtf         RTF

What they share:

    extract     what each of them returns           blocks      a text put together block by block
    archive     zipped formats and XML, safely      rows        the rows of a table -> sentences
    dates       a date as it is written -> ISO 8601
"""

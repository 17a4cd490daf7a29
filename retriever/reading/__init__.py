"""A file's bytes -> a `Document`.

    folders         paths -> the files below them
    formats         a file's name and bytes -> which module reads it
    files           a file -> a `Document`
    worker          reads a file in a separate process, within limits
    page_images     a document's file -> images of its pages, drawn in such a process by `rendering`
    worker_process  is that process
    confinement     takes away from it what it does not need
    sources         the notes on a folder's files in `sources.toml`
    furniture       a text -> its blocks, and which of them are page furniture
    repeated_lines  documents of one site -> the lines that its pages repeat

One module a format, each with `read(data, name) -> Extract`:

    plain        plain text and Markdown
    pdf          PDF                                html         saved web pages
    docx         Word                               pptx         PowerPoint
    odt          OpenDocument                       tables       XLSX, CSV, TSV
    epub         electronic books                   mail         mails and mailboxes
    feed         RSS and Atom                       rtf          RTF
    lines        source code, data, logs            notebook     notebooks (IPYNB)
    subtitles    SRT and VTT                        contacts     calendars and address books
    packed       ZIP                                outlook      Outlook's mails (MSG)

What they share:

    extract      the result of each parser          builder      blocks of text -> an extract
    parts        files inside a file -> its blocks
    archive      zipped formats and XML, safely     rows         rows of a table -> sentences
    dates        dates as people write them -> ISO 8601
    cell_values  numbers and times of a sheet -> what its cells show
"""

"""Reading: a file's bytes become a `Document`.

`files.read_document` is the door: it picks the reader by the file's suffix. `plain` decodes plain text,
`sources` reads what `sources.toml` says of a folder's files, `furniture` finds a text's blocks and tells
the article from the page around it.
"""

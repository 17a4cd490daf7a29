"""Checks the quotations of a draft against the library.

    words      a text -> its words and stops, as they are compared
    draft      a draft's bytes -> its text, its quotations and what attributes them
    exports    what Ibid has written to files -> the quotes in it
    finding    pieces of quotations -> where each may stand
    alignment  two lists of words -> what differs
    locating   a quotation -> its places, one for each piece
    disclosing the context in a source, and whether the draft shows it
    sources    words such as "according to Reuters" -> the documents that they name
    values     the draft's own sentences -> values that a source gives otherwise
    checking   all of these -> the report of a draft
    records    what checking gives

One decision: everything is compared word by word. No model judges, and what is called found stands there.
"""

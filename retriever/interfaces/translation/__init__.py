"""The page's own words in the language of whoever reads it.

    language    a request's headers -> its language
    catalogue   an English message -> the same in that language
    formats     numbers and dates as that language writes them
    sentences   a sentence that another part of Ibid has written -> the same in that language

The messages stand in `catalogues`, in files of GNU gettext. One decision: the language belongs to the thread or task
that answers a request of the page. What answers programs sets none, so it speaks English.
"""

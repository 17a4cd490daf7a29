"""Citations: a document and the place of a quote, in the styles and formats of those who quote for a living.

The steps, a module each:

    authors        the line that names the authors -> names
    names          the styles and formats
    item           a document and a place -> an item of CSL, the Citation Style Language
    style_file     a CSL style, which citeproc-py applies with the cures of `elements`
    punctuation    quotation marks and full stops, once the whole citation is known
    styles         an item -> note and reference in Chicago, APA, MLA, OSCOLA or Bluebook style
    formats        items -> BibTeX, RIS, CSL-JSON
"""

"""The optional writer: a language model on this machine joins the quotes of an answer into a paragraph.

    records     a written sentence, and the quotes that carry it
    prompt      what the model is told
    server      one request to the model, at an address of this machine
    wording     a text -> its words, with what stands between them
    entailment  does a quote say what a sentence says?
    paragraph   the model's words -> sentences, each with the quotes that carry it, or struck through

One decision: the model is not trusted. A sentence counts only if its words are those of a quote, in their order and
whole. It may be shortened only where that cannot change what is said. All other sentences are struck through.
"""

"""Words of a text: blocks, sentences, tokens, dates, numbers, and how alike two texts are."""

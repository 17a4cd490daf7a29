"""The fields that a passage is searched by, by words."""

# Field -> weight in the score. A title says what its whole document is about, so it counts. But every passage of the
# document has it, so it must not outweigh the passage's own words.
FIELD_WEIGHTS = {"title": 0.5, "heading": 0.5, "body": 1.0}

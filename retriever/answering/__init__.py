"""A question and the passages found for it -> quotes with a verdict."""

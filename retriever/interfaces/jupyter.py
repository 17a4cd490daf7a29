"""Answers in a notebook: IPython shows them as the page's card."""

import sys

from ..records import Answer


def show_answers_as_cards() -> None:
    """If the program runs inside IPython, make the card the HTML form of answers."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None:
        shell.display_formatter.formatters["text/html"].for_type(Answer, _card)


def _card(answer: Answer) -> str:
    from .html.cards import notebook_html  # Jinja is loaded with the first answer that is shown

    return notebook_html(answer)

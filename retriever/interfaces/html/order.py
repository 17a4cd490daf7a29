"""The order in which a card shows quotes, so that their numbers run from 1 down the page.

In: an answer, best quote first. Out: the same answer, with the quotes that say the same next to each other.
"""

from dataclasses import replace

from ...records import Answer


def in_order_shown(answer: Answer) -> Answer:
    """The answer with each quote followed by those that say the same, as the card folds them below it.

    Args:
        answer: quotes best first; an overview has an order of its own and stays as it is.

    Returns:
        The same quotes and the same agreement, in another order; again put in order, it stays.
    """
    if not answer.quotes or answer.overview is not None:
        return answer
    behind = {group[0]: group[1:] for group in answer.agreement.same}
    repeated = {position for others in behind.values() for position in others}
    order = [
        position
        for first in range(len(answer.quotes))
        if first not in repeated
        for position in (first, *behind.get(first, ()))
    ]
    place = {before: now for now, before in enumerate(order)}

    agreement = answer.agreement.moved(place.__getitem__)
    return replace(answer, quotes=tuple(answer.quotes[position] for position in order), agreement=agreement)

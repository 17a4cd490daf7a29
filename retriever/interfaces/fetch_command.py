"""`ibid fetch`: fetches web pages and feeds, once or daily, lists the addresses, and follows one no longer.

In: what the user typed. Out: an exit status; it prints. One decision: one address that cannot be fetched keeps no other
from being fetched.
"""

import argparse
from collections.abc import Iterable
from itertools import chain

from ..assistant import Assistant
from ..errors import FetchError
from ..fetching.saved_pages import Fetched, FetchState
from .output import fail, print_json, say


def wrong_fetch(chosen: argparse.Namespace) -> str | None:
    """What is wrong with the options taken together, as the end of a message about usage; None if nothing is."""
    alone = "--due" if chosen.due else "--list" if chosen.list else ""
    if alone and chosen.addresses:
        return f"{alone} takes no address"
    if not alone and not chosen.addresses:
        return "name the addresses after --stop" if chosen.stop else "name an address, or use --due or --list"
    if (alone or chosen.stop) and (chosen.daily or chosen.entries or chosen.collection):
        return f"{alone or '--stop'} takes none of --daily, --entries and --collection"
    return None


def fetch(chosen: argparse.Namespace) -> int:
    """Fetch what is named or due; or list or change what is followed."""
    makes = bool(chosen.addresses) and not chosen.stop
    with Assistant.open(chosen.library, settings=chosen.settings, create=makes) as assistant:
        try:
            if chosen.list:
                return _list(assistant, chosen)
            if chosen.stop:
                return _stop(assistant, chosen)
            if chosen.due:
                status = _fetch_due(assistant, chosen)
            else:
                status = max(_fetch(assistant, address, chosen) for address in chosen.addresses)
            if assistant.kept.exists:
                from .standing_command import ask_again  # with pydantic, which takes 0.1 s to import

                ask_again(assistant)
            return status
        finally:
            assistant.discard_new()


def _fetch_due(assistant: Assistant, chosen: argparse.Namespace) -> int:
    """Fetch what is due, and tell each as it comes; say so if nothing is."""
    found = assistant.fetch_due()
    first = next(found, None)
    if first is not None:
        return _tell(chain((first,), found), chosen)
    if not chosen.json:
        daily = sum(page.daily for page, _ in assistant.saved_pages.list())
        say(f"Nothing is due; {daily} {'addresses are' if daily != 1 else 'address is'} fetched daily.")
    return 0


def _fetch(assistant: Assistant, address: str, chosen: argparse.Namespace) -> int:
    try:
        found = assistant.fetch(address, daily=chosen.daily, entries=chosen.entries, collection=chosen.collection)
        return _tell(found, chosen)
    except FetchError as error:
        is_lost = chosen.daily and not assistant.saved_pages.follows(address)
        return fail(f"{error} It is not fetched daily." if is_lost else str(error), chosen.library)


def _tell(found: Iterable[Fetched], chosen: argparse.Namespace) -> int:
    status = 0
    for one in found:
        if chosen.json:
            from .fetch_schemas import fetched_fields

            print_json(fetched_fields(one))
        elif one.state is FetchState.FAILED:
            fail(one.detail, chosen.library)
        else:
            say(*_lines(one))
        status = 1 if one.state is FetchState.FAILED else status
    return status


def _lines(one: Fetched) -> list[str]:
    document = one.document
    if document is None:
        return []
    return [
        f"{one.state.value} {document.id}: {document.title}",
        f"    fetched from {one.page.final} on {one.page.fetched[:10]}; sha256 {document.sha256}",
    ]


def _list(assistant: Assistant, chosen: argparse.Namespace) -> int:
    for page, document in assistant.saved_pages.list():
        if chosen.json:
            from .fetch_schemas import page_fields

            print_json(page_fields(page, document))
            continue
        again = ", fetched daily" if page.daily else ""
        say(page.address, f"    {document.id}: version of {page.fetched[:10]}, asked on {page.checked[:10]}{again}")
        if page.problem:
            say(f"    the last try failed: {page.problem}")
    return 0


def _stop(assistant: Assistant, chosen: argparse.Namespace) -> int:
    status = 0
    for address in chosen.addresses:
        try:
            page = assistant.saved_pages.stop(address)
        except FetchError as error:
            status = fail(str(error), chosen.library)
            continue
        print_json({"stopped": page.address}) if chosen.json else say(f"no longer fetched daily: {page.address}")
    return status

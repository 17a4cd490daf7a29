"""`ibid collection`: list, add, rename and remove collections, move documents into one, and say who may see it.

In: an action and its names. Out: an exit status; it prints. One decision: the actions are words of one command, so that
the options of every command hold for them.
"""

import argparse

from ..assistant import Assistant
from ..filters import matching_id
from ..records import CollectionSummary
from . import Fields
from .arguments import COLLECTION_ACTIONS
from .output import print_json, say


def wrong_collection(chosen: argparse.Namespace) -> str | None:
    """What is wrong with the words taken together, as the end of a message about usage; None if nothing is."""
    expected = COLLECTION_ACTIONS[chosen.action]
    most = len(expected.split())
    least = sum(not word.startswith("[") for word in expected.split())
    if not least <= len(chosen.names) <= (most if "..." not in expected else len(chosen.names)):
        return f"write it as: ibid collection {chosen.action} {expected}".rstrip()
    if chosen.everyone and (chosen.action != "members" or len(chosen.names) > 1):
        return "--everyone opens one collection: ibid collection members NAME --everyone"
    return None


def collection(chosen: argparse.Namespace, assistant: Assistant) -> int:
    """Do what is asked, then print the collections that it was about."""
    names = chosen.names
    if chosen.action == "list":
        return _print(list(assistant.collections()), chosen)
    if chosen.action == "add":
        shown = assistant.add_collection(names[0])
    elif chosen.action == "rename":
        shown = assistant.rename_collection(*names)
    elif chosen.action == "remove":
        count = assistant.remove_collection(names[0])
        fields: Fields = {"removed": names[0], "documents": count}
        print_json(fields) if chosen.json else say(f"removed {names[0]}; its {_documents(count)} stay in the library")
        return 0
    elif chosen.action == "move":
        known = [summary.id for summary in assistant.documents()]
        shown = assistant.collect([matching_id(known, name) for name in names[1:]], names[0])
    else:
        shown = assistant.set_members(names[0], None if chosen.everyone else names[1:])
    return _print([one for one in assistant.collections() if one.name == shown], chosen)


def _print(collections: list[CollectionSummary], chosen: argparse.Namespace) -> int:
    if chosen.json:
        from .report_schemas import collection_fields  # with pydantic, which takes 0.1 s to import

        for one in collections:
            print_json(collection_fields(one))
        return 0
    for one in collections:
        say(_line(one))
    return 0


def _line(one: CollectionSummary) -> str:
    """A collection for people: `Tax 2021: 12 documents, seen by ada, tom`."""
    seen = "" if one.members is None else f", seen by {', '.join(one.members) or 'no account'}"
    return f"{one.name or '(no collection)'}: {_documents(one.documents)}{seen}"


def _documents(count: int) -> str:
    return f"{count} document{'s' * (count != 1)}"

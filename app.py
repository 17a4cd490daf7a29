"""Starts the chat page: the same as `ibid serve`, with the same options."""

import sys

from retriever.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))

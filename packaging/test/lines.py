#!/usr/bin/env python3
"""Prints the shell lines of a document that stand under a marker, in their order: packaging/test/lines.py DOCUMENT NAME
The marker, <!-- run: NAME -->, stands on the line before an indented block. Several blocks may bear one name."""

import sys


def blocks(text, name):
    """Each block's lines, without the four blanks before them."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.strip() != f"<!-- run: {name} -->":
            continue
        block = []
        for line in lines:
            if line.startswith("    "):
                block.append(line[4:])
            elif line or block:
                break
        yield "\n".join(block)


def main(path, name):
    found = list(blocks(open(path, encoding="utf-8").read(), name))
    if not any(found):
        sys.exit(f"{path} has no lines under <!-- run: {name} -->: put the marker before those that are to be run")
    print("\n".join(found))


main(*sys.argv[1:])

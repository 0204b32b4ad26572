#!/usr/bin/env python3
"""Fails where a page of a built site points at a page, a file or a heading that is not in it: docs_links.py SITE.

What is within reach is looked at; addresses of other hosts are not asked for.
"""

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """What a page points at, and the places in it that may be pointed at."""

    def __init__(self, path):
        super().__init__()
        self.links, self.ids = [], set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids |= {attrs[name] for name in ("id", "name") if attrs.get(name)}
        self.links += [attrs[name] for name in ("href", "src") if attrs.get(name)]


def fault(pages, path, link):
    """Why a link leads nowhere, or None."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    to = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not to.is_file():
        return "is not there"
    anchor = unquote(parts.fragment)
    if anchor and to in pages and anchor not in pages[to].ids:
        return "has no such heading"
    return None


def main(site):
    site = Path(site).resolve()
    # The page of the same name is for addresses that are not there: it is shown at any of them.
    pages = {path: Page(path) for path in site.rglob("*.html") if path.name != "404.html"}
    links = [(path, link) for path, page in pages.items() for link in page.links]
    faults = [(path, link, why) for path, link in links if (why := fault(pages, path, link))]
    for path, link, why in faults:
        print(f"{path.relative_to(site)}: {link} {why}", file=sys.stderr)
    print(f"{len(pages)} pages, {len(links)} links, {len(faults)} dead", file=sys.stderr)
    return 1 if faults or not links else 0


sys.exit(main(sys.argv[1]))

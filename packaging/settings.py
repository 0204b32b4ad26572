#!/usr/bin/env python3
"""Writes /etc/jiayi/jiayi.toml of the package: every setting of docs/configuration.md, as a comment with its default, and those that are
others where the program is installed: packaging/settings.py docs/configuration.md [VERSION] > jiayi.toml"""

import re
import sys

SECTION = re.compile(r"Section `\[(\w+)\]`")
INSTALLED = {
    "secrets_file": '"/etc/jiayi/secrets"',
    "database_url": '"sqlite:///var/lib/jiayi/jiayi.db"',
    "trusted_proxies": '["127.0.0.1"]',
    "secure_cookies": "true",
    "files_folder": '"/var/lib/jiayi/files"',
    "backup_folder": '"/var/backups/jiayi"',
}
# The socket of the service has its address.
NOTES = {"listen": "With systemd this is the address of jiayi.socket: systemctl edit jiayi.socket."}


def plain(text):
    text = re.sub(r"\[([^\]]*)\]\(([^)]*)\)", r"\1", text)
    return text.replace("`", "").replace("\\|", "|")


def value(text):
    texts = re.findall(r"`([^`]*)`", text)
    if len(texts) > 1:
        return "[" + ", ".join(f'"{text}"' for text in texts) + "]"
    if texts:
        return f'"{texts[0]}"'
    return "" if text in ("none", "the vendor's", "") else text


def wrap(text, width=110):
    lines, line = [], "#"
    for word in text.split():
        if len(line) + len(word) > width:
            lines.append(line)
            line = "#"
        line += " " + word
    return lines + [line]


def main(path, version=""):
    print(f"# Settings of jiayi{version and ' ' + version}. What is commented out has its default. Secrets (JIAYI_NAME=value, a line each) belong into")
    print("# /etc/jiayi/secrets. jiayi check says what is amiss.")
    section = ""
    for row in open(path, encoding="utf-8"):
        if named := SECTION.match(row):
            section = f"{named[1]}."
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
        if len(cells) != 3 or not cells[0].startswith("`") or "…" in cells[0]:
            continue
        names, meaning = re.findall(r"`([^`]+)`", cells[0]), plain(cells[2])
        if not cells[2].startswith("`"):
            meaning = meaning[:1].upper() + meaning[1:]
        values = cells[1].split(", ") if len(names) > 1 else [cells[1]]
        print()
        print("\n".join(wrap(NOTES.get(names[0], "") + " " + meaning + ".")))
        for number, name in enumerate(names):
            name, default = section + name, value(values[number] if number < len(values) else values[0])
            if name.startswith("budgets.") and ", " in default:
                burst, per_hour = default.split(", ")
                default = f"{{ burst = {burst}, per_hour = {per_hour} }}"
            print(f"{name} = {INSTALLED[name]}" if name in INSTALLED else f"#{name} = {default}".rstrip())


main(*sys.argv[1:])

"""What the server has promised by what it said, and whether a disk keeps it."""

import json
import os
import re
import sqlite3

PUSH = re.compile(rb'\{"type":"(S2C_\w+)","seq":(\d+),')
DIALOG = re.compile(r'"dialogid":"([^"]+)"')


class Broken(Exception):
    """A promise that was not kept."""


class Promises:
    """Messages and files that were answered 200, and pushes that were sent."""

    def __init__(self, uploads):
        self.uploads = uploads
        self.messages, self.files, self.pushes = {}, set(), set()

    def hear(self, data):
        """Notes what the server says on a connection."""
        if data.startswith(b"HTTP/1.1 200"):
            head, _, body = data.partition(b"\r\n\r\n")
            answer = json.loads(body) if b"application/json" in head and body else {}
            if "roomseq" in answer and "dialogid" in answer:
                self.messages[answer["dialogid"]] = (answer["roomid"], answer["roomseq"])
            if "fileid" in answer:
                self.files.add(answer["fileid"])
        else:
            found = list(PUSH.finditer(data))
            ends = [push.start() for push in found[1:]] + [len(data)]
            for push, end in zip(found, ends):
                text = data[push.end() : end].decode(errors="replace")
                self.pushes.add((push.group(1).decode(), int(push.group(2)), dialog_of(text)))

    def count(self):
        return len(self.messages), len(self.pushes), len(self.files)

    def check(self, folder):
        """Raises `Broken` unless all that was promised is in the folder, once, and all is whole."""
        path = os.path.join(folder, "data", "jiayi.db")
        if not os.path.exists(path):
            if self.messages or self.pushes or self.files:
                raise Broken("there is no database")
            return
        store = sqlite3.connect(path)
        try:
            self.check_store(store, os.path.join(folder, "data", "files"))
        except sqlite3.Error as error:
            raise Broken(f"the database: {error}") from error
        finally:
            store.close()

    def check_store(self, store, files):
        for check in ("integrity_check", "foreign_key_check"):
            damage = [row for row in store.execute(f"PRAGMA {check}") if row != ("ok",)]
            if damage:
                raise Broken(f"{check}: {damage[:3]}")
        tables = {name for (name,) in store.execute("SELECT name FROM sqlite_master")}
        if "file" not in tables or "push_log" not in tables:
            if self.messages or self.pushes or self.files:
                raise Broken("the tables are gone")
            return
        self.check_messages(store)
        self.check_pushes(store)
        self.check_files(store, files)

    def check_messages(self, store):
        """All that were answered, with the numbers of their answers; nothing twice."""
        rows = store.execute("SELECT dialogid, roomid, roomseq FROM social_dialog").fetchall()
        there = {dialogid: (roomid, roomseq) for dialogid, roomid, roomseq in rows}
        if len(there) < len(rows):
            raise Broken("a message is there twice")
        for dialogid, place in self.messages.items():
            if there.get(dialogid) != place:
                raise Broken(f"message {place} was answered 200 and is {there.get(dialogid)}")
        sent = "FROM social_dialog WHERE clientid IS NOT NULL GROUP BY fromuid, clientid"
        if store.execute(f"SELECT 1 {sent} HAVING count(*) > 1").fetchone():
            raise Broken("what was sent once is there twice")
        dense(store, "room", "SELECT roomid, seq FROM room", "SELECT roomid, roomseq FROM social_dialog")

    def check_pushes(self, store):
        """All that were sent: none before its commit."""
        own = "coalesce(own, '') || coalesce(l.shared, b.shared, '')"
        rows = store.execute(f"SELECT name, seq, {own} FROM push_log l LEFT JOIN push_body b USING (bodyid)")
        there = {(name, seq, dialog_of(text)) for name, seq, text in rows}
        if lost := self.pushes - there:
            raise Broken(f"{len(lost)} pushes were sent and are not there: {min(lost)[:2]}")
        dense(store, "mailbox", "SELECT uid, seq FROM mailbox", "SELECT uid, seq FROM push_log")

    def check_files(self, store, files):
        """All that were answered are known, and what is known is there whole."""
        ready = {fileid for (fileid,) in store.execute("SELECT fileid FROM file WHERE ready")}
        if lost := self.files - ready:
            raise Broken(f"{len(lost)} uploads were answered 200 and are not known")
        for fileid in ready & self.uploads.keys():
            path = os.path.join(files, fileid[-2:], fileid)
            if not os.path.exists(path):
                raise Broken("an upload is known and its file is gone")
            with open(path, "rb") as file:
                if file.read() != self.uploads[fileid]:
                    raise Broken("an upload is known and its bytes are not those that were sent")


def dialog_of(text):
    found = DIALOG.search(text)
    return found and found.group(1)


def dense(store, what, counters, numbers):
    """The numbers of each are 1, 2, 3, … up to its counter."""
    counted = dict(store.execute(counters))
    found = {one: [] for one in counted}
    for one, number in store.execute(numbers):
        found[one].append(number)
    for one, last in counted.items():
        if sorted(found[one]) != list(range(1, last + 1)):
            raise Broken(f"the numbers of a {what} have gaps")

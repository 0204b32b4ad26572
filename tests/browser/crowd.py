"""Clones the resident of the newest message of a store that no server has open, with the contract, the room and
what was written in it: crowd.py DATABASE COUNT. Each clone wrote a tenth of a second before the last."""

import sqlite3
import sys

store = sqlite3.connect(sys.argv[1])
store.row_factory = sqlite3.Row
store.execute("PRAGMA defer_foreign_keys = ON")


def rows(table, where, *values):
    return [dict(row) for row in store.execute(f"SELECT * FROM {table} WHERE {where}", values)]


def insert(table, row):
    marks = ", ".join("?" * len(row))
    store.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))


newest = rows("social_dialog", "createtime = (SELECT max(createtime) FROM social_dialog)")[0]
uid, roomid = newest["fromuid"], newest["roomid"]
template = {
    "account": rows("account", "uid = ?", uid),
    "mailbox": rows("mailbox", "uid = ?", uid),
    "social_signed": rows("social_signed", "uid = ?", uid),
    "room": rows("room", "roomid = ?", roomid),
    "room_member": rows("room_member", "roomid = ?", roomid),
    "social_dialog": rows("social_dialog", "roomid = ?", roomid),
}
# Ids that a clone has of its own; whatever holds one of them is renamed.
ids = {uid, roomid}
for originals in template.values():
    ids |= {row[key] for row in originals for key in ("sid", "messageid", "dialogid") if key in row}
for number in range(int(sys.argv[2])):
    for table, originals in template.items():
        for original in originals:
            row = dict(original)
            for key, value in row.items():
                for old in ids if isinstance(value, str) else ():
                    row[key] = row[key].replace(old, f"{old}-{number}")
                if key in ("createtime", "updatetime"):
                    row[key] = value - 100 * (number + 1)
            if table == "account":
                row.update(login=f"138{number:08}", name=f"居民{number}")
            insert(table, row)
store.commit()

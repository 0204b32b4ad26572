"""A disk that forgets: files and folders as the system shows them, and what of it is certain.

What was written since the last sync of a file may be there or not, in whole, in part, or in another order. A
name is certain when its folder was synced, and neither follows from the other.
"""

import os

SECTOR = 512
# How what is not synced fares: all of it is lost or kept; each write is; each sector has any of its contents.
FATES = ("lost", "kept", "writes", "sectors")


class File:
    """Its certain bytes, those that the system shows, and the changes from the one to the other."""

    def __init__(self):
        self.certain, self.shown = bytearray(), bytearray()
        # What is not certain, and how many changes are.
        self.changes, self.synced = [], 0
        self.end = 0

    def write(self, data, offset):
        offset = self.end if offset is None else offset
        self.end = offset + len(data)
        self.change((offset, data))

    def change(self, change):
        apply(self.shown, change)
        self.changes.append(change)

    def sync(self, until):
        count = max(0, until - self.synced)
        for change in self.changes[:count]:
            apply(self.certain, change)
        del self.changes[:count]
        self.synced += count

    def after(self, fate, dice):
        """Its bytes when the power is back."""
        if fate == "kept":
            return bytes(self.shown)
        bytes_ = bytearray(self.certain)
        if fate == "writes":
            for change in self.changes:
                if dice.random() < 0.5:
                    apply(bytes_, change)
        if fate == "sectors":
            self.tear(bytes_, dice)
        return bytes(bytes_)

    def tear(self, bytes_, dice):
        """Gives each sector any of the contents that it had, and the file any of its lengths."""
        now, contents, lengths = bytearray(bytes_), {}, [len(bytes_)]
        for change in self.changes:
            touched = sectors(now, change)
            for sector in touched:
                contents.setdefault(sector, [content(now, sector)])
            apply(now, change)
            for sector in touched:
                contents[sector].append(content(now, sector))
            lengths.append(len(now))
        length = dice.choice([dice.choice(lengths), max(lengths)])
        resize(bytes_, length)
        for sector, had in contents.items():
            start = sector * SECTOR
            part = dice.choice(had)[: max(0, length - start)]
            bytes_[start : start + len(part)] = part


def apply(bytes_, change):
    offset, data = change
    if data is None:
        resize(bytes_, offset)
    else:
        resize(bytes_, max(len(bytes_), offset + len(data)))
        bytes_[offset : offset + len(data)] = data


def resize(bytes_, length):
    del bytes_[length:]
    bytes_.extend(bytes(length - len(bytes_)))


def sectors(now, change):
    offset, data = change
    end = len(now) if data is None else offset + len(data)
    return range(offset // SECTOR, (end + SECTOR - 1) // SECTOR)


def content(bytes_, sector):
    return bytes(bytes_[sector * SECTOR : (sector + 1) * SECTOR]).ljust(SECTOR, b"\0")


class Folder:
    """Its certain names, those that are shown, and the changes: a name with what it names, or nothing."""

    def __init__(self):
        self.certain, self.shown = {}, {}
        self.changes, self.synced = [], 0

    def name(self, name, what):
        name_it(self.shown, name, what)
        self.changes.append((name, what))

    def sync(self, until):
        count = max(0, until - self.synced)
        for name, what in self.changes[:count]:
            name_it(self.certain, name, what)
        del self.changes[:count]
        self.synced += count

    def after(self, fate, dice):
        """Its names when the power is back; of the changes of each name the first ones are kept."""
        if fate == "kept":
            return dict(self.shown)
        names = dict(self.certain)
        if fate in ("writes", "sectors"):
            for changed in {name for name, _ in self.changes}:
                of_it = [what for name, what in self.changes if name == changed]
                for what in of_it[: dice.randint(0, len(of_it))]:
                    name_it(names, changed, what)
        return names


def name_it(names, name, what):
    if what is None:
        names.pop(name, None)
    else:
        names[name] = what


class Disk:
    """All that is below one folder, which was there and certain before."""

    def __init__(self, root):
        self.root, self.top = root, Folder()
        self.open, self.syncing = {}, {}

    def find(self, path):
        found = self.top
        for part in os.path.relpath(path, self.root).split("/"):
            found = found if part == "." else found.shown.get(part)
            if found is None:
                return None
        return found

    def make(self, path, what):
        folder, name = os.path.split(path)
        self.find(folder).name(name, what)
        return what

    def take(self, event):
        """Does what the event did."""
        if event.kind == "open":
            self.open[event.fd] = self.find(event.path) or self.make(event.path, File())
            self.open[event.fd].end = 0
        elif event.kind == "folder":
            self.make(event.path, Folder())
        elif event.kind == "unlink":
            folder, name = os.path.split(event.path)
            self.find(folder).name(name, None)
        elif event.kind == "write":
            self.open[event.fd].write(event.data, event.offset)
        elif event.kind == "resize":
            self.open[event.fd].change((event.offset, None))
        elif event.kind == "sync":
            what = self.open[event.fd]
            self.syncing[event.thread] = (what, what.synced + len(what.changes))
        elif event.kind == "synced":
            what, until = self.syncing.pop(event.thread)
            what.sync(until)

    def restore(self, to, fates, dice):
        """Writes what is there when the power is back into the folder `to`: each file has one of the fates."""
        restore(self.top, to, fates, dice)


def restore(folder, to, fates, dice):
    os.mkdir(to)
    for name, what in folder.after(dice.choice(fates), dice).items():
        path = os.path.join(to, name)
        if isinstance(what, Folder):
            restore(what, path, fates, dice)
        elif not name.endswith("-shm"):
            with open(path, "wb") as file:
                file.write(what.after(dice.choice(fates), dice))

"""What a process did to its disk and what it said to its clients, in one order, as strace recorded it.

A call that changes a file in a way that is not known here is an error: nothing is silently left out.
"""

import re
from dataclasses import dataclass

# What strace records; in the second list are calls that change files and are not made today, to be refused.
KNOWN = "openat,mkdir,mkdirat,write,pwrite64,writev,sendto,sendmsg,fsync,fdatasync,ftruncate,unlink,unlinkat"
REFUSED = (
    "pwritev,pwritev2,rename,renameat,renameat2,link,linkat,symlink,rmdir,fallocate,copy_file_range,sendfile,"
    "truncate,sync_file_range,io_uring_setup,mmap,creat,open"
)
COMMAND = ["strace", "-f", "-y", "-xx", "--seccomp-bpf", "-s", "33554432", "-e", f"trace={KNOWN},{REFUSED}"]

CALL = re.compile(r"(\d+) +(\w+)\((.*)")
RESUMED = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>(.*)")
RESULT = re.compile(r"(.*)\) += (-?\d+)(?:<([^>]*)>)?")
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
DESCRIPTOR = re.compile(r"(\d+)<((?:\\x[0-9a-f]{2})*)>")


@dataclass
class Event:
    """`kind` is open, folder, write, resize, unlink, sync, synced, or said; the others as they apply."""

    kind: str
    path: str = ""
    fd: int = -1
    data: bytes = b""
    # Where bytes are written, None for where the last ones ended; or the size.
    offset: int | None = None
    thread: str = ""


def events(lines, root):
    """Yields the events of the files below `root` and of the sockets, in their order."""
    begun = {}
    for line in lines:
        line = line.rstrip("\n")
        if line.endswith("<unfinished ...>"):
            thread, name, arguments = CALL.match(line).groups()
            begun[thread] = (name, arguments.removesuffix("<unfinished ...>").rstrip())
            yield from at_entry(thread, name, arguments, root)
            continue
        if resumed := RESUMED.match(line):
            thread, name, rest = resumed.groups()
            name, arguments = begun.pop(thread)
            yield from at_exit(thread, name, arguments + rest, root)
        elif call := CALL.match(line):
            yield from at_entry(*call.groups(), root)
            yield from at_exit(*call.groups(), root)


def plain(text):
    return bytes.fromhex(text.replace("\\x", ""))


def data_of(arguments):
    strings = list(STRING.finditer(arguments))
    assert not any(string.group(2) for string in strings), "strace has cut what was written"
    return b"".join(plain(string.group(1)) for string in strings)


def file_of(arguments):
    """The descriptor that a call begins with, and its path or what else it is."""
    found = DESCRIPTOR.match(arguments)
    return (int(found.group(1)), plain(found.group(2)).decode()) if found else (-1, "")


def at_entry(thread, name, arguments, root):
    """What is said counts as soon as it is being said; a sync covers what was written before it began."""
    fd, path = file_of(arguments)
    if name in ("sendto", "sendmsg", "write", "writev") and path.startswith(("socket:", "TCP")):
        yield Event("said", fd=fd, data=data_of(arguments))
    elif name in ("fsync", "fdatasync") and path.startswith(root):
        yield Event("sync", path, fd, thread=thread)


def at_exit(thread, name, text, root):
    """Everything else counts when it is done, if it was not refused."""
    result = RESULT.match(text)
    if not result or int(result.group(2)) < 0:
        return
    arguments, value, made = result.groups()
    fd, path = file_of(arguments)
    if name == "openat":
        path = plain(made).decode()
        flags = arguments.split(", ")[2]
        if path.startswith(root):
            assert "O_TRUNC" not in flags, f"{path} is cut when it is opened"
            yield Event("open", path, int(value), data=flags.encode())
    elif name in ("mkdir", "mkdirat"):
        path = data_of(arguments.split(", 0", 1)[0]).decode()
        if path.startswith(root):
            yield Event("folder", path)
    elif name in ("unlink", "unlinkat"):
        path = data_of(arguments).decode()
        if path.startswith(root):
            yield Event("unlink", path)
    elif not path.startswith(root) or path.endswith("-shm"):
        # The index of the log is made anew from it.
        assert root not in as_text(arguments) or path.endswith("-shm"), f"{name} is not known to the recorder"
    elif name in ("fsync", "fdatasync"):
        yield Event("synced", path, fd, thread=thread)
    elif name == "ftruncate":
        yield Event("resize", path, fd, offset=int(arguments.split(", ")[1]))
    elif name == "pwrite64":
        yield Event("write", path, fd, data_of(arguments)[: int(value)], int(arguments.rsplit(", ", 1)[1]))
    elif name in ("write", "writev"):
        yield Event("write", path, fd, data_of(arguments)[: int(value)])
    else:
        assert "PROT_WRITE" not in arguments and name == "mmap", f"{name} is not known to the recorder"


def as_text(arguments):
    """Paths in the arguments, for a look at what else may concern the files."""
    return STRING.sub(lambda string: plain(string.group(1)).decode(errors="replace"), arguments)

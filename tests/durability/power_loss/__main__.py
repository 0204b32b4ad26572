"""Power loss: records a loaded server, rebuilds what a disk may hold when the power fails, and looks.

python3 power_loss SERVER [--states 2000] [--seconds 20] [--seed 1] [--folder FOLDER]
Ends with 0 where every promise is kept in every state, with 1 where one is not, with 2 where nothing was tried.
"""

import argparse
import collections
import os
import random
import re
import subprocess
import sys
import tempfile

import disk
import people
import promises
import trace

# Of so many states one is opened by the server as well.
SERVED = 50


def start(server, folder, prefix=()):
    """The server on a database in the folder `data`, and its address."""
    data = os.path.join(folder, "data")
    settings = {"JIAYI_FILES_FOLDER": os.path.join(data, "files"), "JIAYI_BUDGETS__ENABLED": "false"}
    database = f"sqlite://{os.path.join(data, 'jiayi.db')}"
    command = [*prefix, server, "serve", "--demo", "--listen", "127.0.0.1:0", "--database-url", database]
    environment = dict(os.environ, **settings)
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    process = subprocess.Popen(command, env=environment, text=True, **pipes)
    said = []
    for line in process.stderr:
        said.append(line)
        if found := re.search(r"listening on http://([\d.]+):(\d+)", line):
            return process, (found.group(1), int(found.group(2)))
    process.wait()
    raise promises.Broken("the server does not start: " + "".join(said[-3:]))


def stop(process, server_id=None):
    """Lets the server end as it wants to."""
    os.kill(server_id or process.pid, 15)
    process.stderr.close()
    process.wait()


def record(server, folder, seconds):
    """Runs the server under load; returns its events and the uploads."""
    root = os.path.join(folder, "disk")
    os.mkdir(root)
    log = os.path.join(folder, "trace")
    process, address = start(server, root, [*trace.COMMAND, "-o", log])
    traced = int(open(f"/proc/{process.pid}/task/{process.pid}/children").read().split()[0])
    try:
        uploads = people.load(address, seconds)
    finally:
        stop(process, traced)
    with open(log) as lines:
        return list(trace.events(lines, root)), uploads, root


def moments(events, count, dice):
    """When the power fails, as how many events have happened by then, and what may become of what is not
    synced: right before and right after every sync has ended, and at any other time."""
    syncs = [index for index, event in enumerate(events) if event.kind == "synced"]
    around = [moment for index in syncs for moment in (index, index + 1)]
    chosen = [(moment, fates) for moment in around for fates in (("lost",), disk.FATES)]
    while len(chosen) < count:
        near = dice.choice(syncs) if syncs and dice.random() < 0.7 else dice.randrange(len(events) + 1)
        chosen.append((near, disk.FATES))
    if len(chosen) > count:
        chosen = dice.sample(chosen, count)
    return sorted(chosen, key=lambda moment: moment[0])


def look(server, promised, folder, number):
    promised.check(folder)
    if number % SERVED == 0:
        stop(start(server, folder)[0])
        promised.check(folder)


def main():
    options = argparse.ArgumentParser(prog="power_loss")
    options.add_argument("server")
    options.add_argument("--states", type=int, default=2000)
    options.add_argument("--seconds", type=float, default=20)
    options.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options.add_argument("--folder", help="where the database is while it is recorded")
    options = options.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        events, uploads, root = record(options.server, os.path.realpath(folder), options.seconds)
    print(describe(events))
    promised = promises.Promises(uploads)
    try:
        count = lose_power(options, events, root, promised)
    except promises.Broken as broken:
        print(f"BROKEN in {broken} (seed {options.seed})")
        return 1
    messages, pushes, files = promised.count()
    print(f"kept in {count} states: {messages} messages and {files} files that were answered, {pushes} pushes")
    if not (messages and pushes and files):
        print("nothing was promised: the recording is no good")
        return 2
    return 0


def describe(events):
    """What was recorded."""
    synced = collections.Counter(kind_of(event.path) for event in events if event.kind == "synced")
    writes = sum(event.kind == "write" for event in events)
    return f"recorded {writes} writes and syncs of " + ", ".join(f"{kind}: {n}" for kind, n in synced.items())


def kind_of(path):
    name = os.path.basename(path)
    kinds = {"jiayi.db": "database", "jiayi.db-wal": "log", "jiayi.db-journal": "journal"}
    return kinds.get(name, "files and folders")


def lose_power(options, events, root, promised):
    """Looks at every state, in the order of their moments; returns how many there are."""
    dice, state, done = random.Random(options.seed), disk.Disk(root), 0
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    chosen = moments(events, options.states, dice)
    for number, (moment, fates) in enumerate(chosen, 1):
        for event in events[done:moment]:
            state.take(event)
            if event.kind == "said":
                promised.hear(event.data)
        done = moment
        with tempfile.TemporaryDirectory(dir=memory) as folder:
            back = os.path.join(folder, "disk")
            state.restore(back, fates, dice)
            try:
                look(options.server, promised, back, number)
            except promises.Broken as broken:
                when = f"state {number}, after event {moment} of {len(events)}"
                raise promises.Broken(f"{when}: {broken}") from None
    return len(chosen)


if __name__ == "__main__":
    sys.exit(main())

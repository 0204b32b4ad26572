"""Runs either generation of python-socketio, over each transport, against the example server.

Usage: matrix.py PORT. Prints what failed, and exits with 1 if anything did.
"""

import os
import queue
import sys
import time

import socketio

URL = f"http://127.0.0.1:{sys.argv[1]}"
MODES = {"default": None, "websocket": ["websocket"], "polling": ["polling"]}
TEXTS = ["hello", "医生，您好", "😀 é", '\u2028 \\ " \n', "x" * 70_000]
LIMIT = 15


class Client:
    """A client with a queue of received events for each event name."""

    def __init__(self, transports, namespaces=("/",)):
        self.heard = {}
        self.io = socketio.Client()
        for namespace in namespaces:
            for event in ("auth", "message-back"):
                heard = self.heard[namespace, event] = queue.Queue()
                self.io.on(event, lambda *args, heard=heard: heard.put(args), namespace=namespace)
        self.io.connect(URL, transports=transports, namespaces=list(namespaces))

    def hear(self, event, namespace="/"):
        return self.heard[namespace, event].get(timeout=LIMIT)


def connects(transports):
    client = Client(transports)
    assert client.hear("auth") == ({},)
    return client


def echoes_texts(transports):
    client = Client(transports)
    for text in TEXTS:
        client.io.send({"data": text})
        assert client.hear("message-back") == ({"data": text},)
    return client


def receives_acknowledgements(transports):
    client = Client(transports)
    answer = client.io.call("message-with-ack", (1, "二", {"3": [True]}), timeout=LIMIT)
    assert answer == (1, "二", {"3": [True]}), answer
    return client


def sends_binary_data(transports):
    client = Client(transports)
    data = bytes([0, 1, 30, 255])
    client.io.emit("message", (data, {"inner": "医".encode()}))
    assert client.hear("message-back") == (data, {"inner": "医".encode()})
    assert client.io.call("message-with-ack", data, timeout=LIMIT) == data
    return client


def loses_no_event(transports):
    client = Client(transports)
    for number in range(200):
        client.io.emit("message", number)
    # This client handles each event in a thread of its own, so their order is lost here.
    assert sorted(client.hear("message-back") for _ in range(200)) == [(n,) for n in range(200)]
    return client


def joins_namespaces(transports):
    client = Client(transports, ["/", "/custom"])
    client.hear("auth", "/custom")
    assert client.io.call("message-with-ack", "a", namespace="/custom", timeout=LIMIT) == "a"
    return client


def answers_heartbeats(transports):
    client = Client(transports)
    time.sleep(4.5)
    assert client.io.call("message-with-ack", "a", timeout=LIMIT) == "a"
    return client


def reconnects(transports):
    client = Client(transports)
    client.hear("auth")
    client.io.emit("close")
    client.hear("auth")
    assert client.io.call("message-with-ack", "a", timeout=LIMIT) == "a"
    return client


CASES = [
    connects,
    echoes_texts,
    receives_acknowledgements,
    sends_binary_data,
    loses_no_event,
    joins_namespaces,
    answers_heartbeats,
    reconnects,
]

failed = 0
total = 0
for mode, transports in MODES.items():
    for case in CASES:
        if (mode, case) == ("polling", reconnects):
            continue  # this client takes a close packet for its own decision
        total += 1
        try:
            case(transports).io.disconnect()
        except Exception as error:  # any exception is a failed case
            failed += 1
            print(f"FAILED {mode}: {case.__name__}: {error!r}")
print(f"python client: {total - failed} passed, {failed} failed", flush=True)
os._exit(1 if failed else 0)  # threads of failed cases would keep the process alive

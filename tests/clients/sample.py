"""The example of a client in Python (examples/clients/python), against the real server: its connection is cut again and again.

Usage: sample.py PORT. Fails where anything is lost, comes twice or out of order.
"""

import os
import queue
import socket
import sys
import threading

EXAMPLES = os.path.join(os.path.dirname(__file__), "../../examples/clients/python")
sys.path.insert(0, EXAMPLES)
sys.dont_write_bytecode = True
from jiayi import Jiayi, Over  # noqa: E402

URL = f"http://127.0.0.1:{sys.argv[1]}"
LIMIT = 30


class Desk:
    """A doctor whose program listens in a thread of its own."""

    def __init__(self, deviceid):
        self.heard, self.resyncs, self.ended = queue.Queue(), queue.Queue(), queue.Queue()
        self.doctor = Jiayi(URL, "doctor", "doctor1", "jiayi-demo", deviceid)
        threading.Thread(target=self.listen, daemon=True).start()
        self.resyncs.get(timeout=LIMIT)

    def listen(self):
        def pushed(name, data):
            if name == "S2C_ALONECHAT_PUSH":
                self.heard.put(data["content"])

        try:
            self.doctor.listen(pushed, lambda: self.resyncs.put(None))
        except Over as over:
            self.ended.put(str(over))

    def cut(self):
        self.doctor.socket.sock.shutdown(socket.SHUT_RDWR)


desk = Desk("sample")
resident = Jiayi(URL, "user", "resident1", "jiayi-demo", "sample")
texts, heard = [f"第{number}条" for number in range(30)], []
for number, text in enumerate(texts):
    resident.send("alonechat/send", {"touid": desk.doctor.uid, "body": text})
    if number % 5 == 0:
        # What is written next, it hears when it is back.
        heard += [desk.heard.get(timeout=LIMIT) for _ in texts[len(heard) : number + 1]]
        desk.cut()
heard += [desk.heard.get(timeout=LIMIT) for _ in texts[len(heard) :]]
assert heard == texts, heard
assert desk.heard.empty() and desk.resyncs.empty(), "something came twice, or was taken for lost"
other = Desk("other")
assert desk.ended.get(timeout=LIMIT) == "another device connected"
print("the example in Python hears each push once and in order")

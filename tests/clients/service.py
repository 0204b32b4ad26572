"""Either generation of python-socketio, over each transport, against the real server: a doctor's day.

Usage: service.py PORT. Says what failed, and exits with 1 if anything did.
"""

import os
import queue
import sys

import requests
import socketio

URL = f"http://127.0.0.1:{sys.argv[1]}"
MODES = {"default": None, "websocket": ["websocket"], "polling": ["polling"]}
LIMIT = 15


def post(path, body, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = requests.post(URL + path, json=body, headers=headers, timeout=LIMIT)
    assert response.status_code == 200, (path, response.text)
    return response.json()


def login(role, account):
    return post(f"/{role}/login", {"account": account, "password": "jiayi-demo"})


class Client:
    """A client that keeps what it hears, and hands it out in order."""

    def __init__(self, transports, person):
        self.person = person
        self.heard = queue.Queue()
        self.io = socketio.Client(reconnection_delay=0.1, reconnection_delay_max=0.2)
        self.io.on("message", self.heard.put)
        headers = {"Authorization": f"Bearer {person['token']}"}
        self.io.connect(URL, transports=transports, headers=headers)

    def register(self, deviceid, since=None):
        data = {"type": "doctor", "uid": self.person["uid"], "deviceid": deviceid}
        if since is not None:
            data["since"] = since
        answer = self.io.call("message", {"type": "C2S_REGISTER_REQ", "data": data}, timeout=LIMIT)
        assert answer["type"] == "S2C_REGISTER_RES", answer
        return answer["data"]

    def hear(self, name):
        envelope = self.heard.get(timeout=LIMIT)
        assert envelope["type"] == name, envelope
        return envelope

    def hear_texts(self, since, texts):
        # This client gives each message to a thread of its own: their order is not seen here.
        pushes = sorted((self.hear("S2C_ALONECHAT_PUSH") for _ in texts), key=lambda push: push["seq"])
        heard = [(push["seq"], push["data"]["content"]) for push in pushes]
        assert heard == list(enumerate(texts, since + 1)), heard
        return since + len(texts)


doctor = login("doctor", "doctor1")
resident = login("user", "resident1")


def write(text):
    post("/user/alonechat/send", {"touid": doctor["uid"], "body": text}, resident["token"])


def misses_nothing(transports):
    desk = Client(transports, doctor)
    start = desk.register("desk")["seq"]
    write("医生，在吗 😀")
    since = desk.hear_texts(start, ["医生，在吗 😀"])
    desk.io.disconnect()
    missed = [f"第{n}条" for n in range(40)]
    for text in missed:
        write(text)
    desk = Client(transports, doctor)
    back = desk.register("desk", since)
    assert (back["recovered"], back["seq"]) == (True, since + 40), back
    last = desk.hear_texts(since, missed)
    write("好")
    desk.hear_texts(last, ["好"])
    return [desk]


def makes_way(transports):
    # Whether it stays away is not asked of these clients: with a thread for each packet, they may see the end of
    # the socket before the disconnection that came first. Come back or not, it takes nothing from who is there.
    first = Client(transports, doctor)
    start = first.register("desk")["seq"]
    second = Client(transports, doctor)
    second.register("tablet")
    first.hear("S2C_DIFFERENT_CONNECTION")
    write("在")
    second.hear_texts(start, ["在"])
    assert second.heard.empty(), second.heard.get()
    return [first, second]


CASES = [misses_nothing, makes_way]
failed = 0
for mode, transports in MODES.items():
    for case in CASES:
        try:
            for client in case(transports):
                client.io.disconnect()
        except Exception as error:  # whatever it is, it is a failed case
            failed += 1
            print(f"FAILED {mode}: {case.__name__}: {error!r}")
total = len(MODES) * len(CASES)
print(f"python client and the service: {total - failed} passed, {failed} failed", flush=True)
os._exit(1 if failed else 0)  # the threads of failed cases would keep it alive

"""A client of jiayi in Python: logs in, keeps a connection, hears each push once and in order, and sends without doubles.

Needs `pip install requests websocket-client`. It is an example to take from: what it keeps in memory, an app keeps on disk
(`seq` beside what it has applied), and calls, files and read marks are left out. `doctor.py` shows it at work.
"""

import json
import random
import time
import uuid

import requests
import websocket

# How long nothing may come: the server pings every 25 s.
SILENCE = 60
# After these the connection does not come back by itself: another device has it, or the token is void.
FINAL = {1000: "the same device connected elsewhere", 4001: "another device connected", 4003: "the token is void"}


class Refused(Exception):
    """An answer other than 200: its status, and the error's code and message."""

    def __init__(self, status, error):
        super().__init__(f"{status} {error.get('code')}: {error.get('message')}")
        self.status, self.code = status, error.get("code")


class Over(Exception):
    """The connection was ended for good; the text says why."""


class Jiayi:
    def __init__(self, address, role, account, password, deviceid):
        self.address, self.role, self.deviceid = address, role, deviceid
        self.http, self.socket, self.seq = requests.Session(), None, None
        answer = self.request("POST", "login", {"account": account, "password": password})
        self.uid, self.token = answer["uid"], answer["token"]

    def request(self, method, path, body=None):
        """Asks once; a path is below that of the role."""
        if hasattr(self, "token"):
            self.http.headers["Authorization"] = f"Bearer {self.token}"
        url = f"{self.address}/{self.role}/{path}"
        response = self.http.request(method, url, json=body, timeout=30)
        answer = response.json() if response.content else {}
        if response.status_code != 200:
            raise Refused(response.status_code, answer)
        return answer

    def send(self, path, body, patience=300):
        """Sends a message until it is answered: by its `clientid` the server knows it again, and keeps it once."""
        body = {**body, "clientid": str(uuid.uuid4())}
        end, wait = time.monotonic() + patience, 0.5
        while True:
            try:
                return self.request("POST", path, body)
            except (requests.ConnectionError, requests.Timeout) as lost:
                error = lost
            except Refused as refused:
                if refused.status not in (429, 502, 503, 504):
                    raise
                error = refused
            if time.monotonic() > end:
                raise error
            time.sleep(wait * random.uniform(0.5, 1))
            wait = min(2 * wait, 30)

    def listen(self, pushed, resync):
        """Calls `pushed(type, data)` for each push, and `resync()` whenever all lists are to be read anew: at the first
        start, and after so long an absence that the server does not have everything any more. Ends with `Over`."""
        wait = 0.5
        while True:
            try:
                newest = self.register()
                if newest is not None:
                    resync()
                    # Only now that all is read: else who breaks off here would never read it.
                    self.seq = newest
                wait = 0.5
                while True:
                    self.take(self.hear(), pushed)
            except (OSError, websocket.WebSocketException) as lost:
                if getattr(lost, "status_code", None) == 401:
                    raise Over(FINAL[4003]) from lost
            # A crowd that lost its server does not come back at one moment.
            time.sleep(wait * random.uniform(0, 1))
            wait = min(2 * wait, 30)

    def register(self):
        """Opens the connection and says who one is; returns the newest push where what was missed is not all there."""
        address = self.address.replace("http", "ws", 1) + "/ws"
        header = [f"Authorization: Bearer {self.token}"]
        self.socket = websocket.create_connection(address, timeout=SILENCE, header=header)
        data = {"type": self.role, "uid": self.uid, "deviceid": self.deviceid, "platform": "python"}
        if self.seq is not None:
            data["since"] = self.seq
        self.say("C2S_REGISTER_REQ", data)
        answer = self.hear()
        if answer["type"] != "S2C_REGISTER_RES":
            if answer["data"]["code"] == "FA_AUTH":
                raise Over(FINAL[4003])
            raise websocket.WebSocketException(answer["data"]["code"])
        if self.seq is not None and answer["data"]["recovered"]:
            return None
        return answer["data"]["seq"]

    def say(self, name, data):
        self.socket.send(json.dumps({"type": name, "data": data}))

    def hear(self):
        """The next envelope."""
        opcode, bytes = self.socket.recv_data()
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            code = int.from_bytes(bytes[:2], "big")
            if code in FINAL:
                raise Over(FINAL[code])
            raise websocket.WebSocketConnectionClosedException(str(code))
        return json.loads(bytes)

    def take(self, envelope, pushed):
        seq = envelope.get("seq")
        # What has no number, as that somebody types, is not kept for anybody.
        if seq is not None and seq <= self.seq:
            return
        if seq is not None and seq != self.seq + 1:
            # Something is lacking: come back, and ask for all since the last one.
            self.socket.close()
            raise websocket.WebSocketConnectionClosedException("a gap")
        pushed(envelope["type"], envelope["data"])
        # Only now that it is applied: what is acknowledged is not told again.
        if seq is not None:
            self.seq = seq
            self.say("C2S_ACK", {"seq": seq})

"""People who write, hear and upload as fast as they are answered, by HTTP and WebSocket."""

import base64
import http.client
import json
import os
import random
import socket
import struct
import threading
import time

PASSWORD = "jiayi-demo"
# Each writes to the neighbour in this list.
ACCOUNTS = ["resident1", "doctor1", "resident3", "doctor2"]
HANDS = 3


class Person:
    def __init__(self, address, account):
        self.address, self.role = address, "doctor" if account.startswith("doctor") else "user"
        _, login = self.ask(self.connect(), f"/{self.role}/login", {"account": account, "password": PASSWORD})
        self.uid, self.token = login["uid"], login["token"]

    def connect(self):
        return http.client.HTTPConnection(*self.address, timeout=60)

    def ask(self, connection, path, body, headers=None):
        data = body if isinstance(body, bytes) else json.dumps(body)
        headers = dict(headers or {}, Authorization=f"Bearer {getattr(self, 'token', '')}")
        connection.request("POST", path, data, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())

    def write_on(self, to, name, until, uploads):
        """Writes until the time is up; now and then a message is sent twice, now and then it is a file."""
        connection, dice, number = self.connect(), random.Random(name), 0
        while time.monotonic() < until:
            number += 1
            message = {"touid": to.uid, "body": f"{name} {number}", "clientid": f"{name}n{number}"}
            if number % 10 == 0:
                message.update(kind="file", body=self.upload(connection, dice, uploads))
            for _ in range(2 if number % 7 == 0 else 1):
                status, answer = self.ask(connection, f"/{self.role}/alonechat/send", message)
                assert status == 200, answer

    def upload(self, connection, dice, uploads):
        """Uploads a text of some length and notes what it holds; returns its id."""
        text = (f"{dice.random()} " * dice.randint(1, 4000)).encode()
        disposition = b'form-data; name="file"; filename="a.txt"'
        head = b"--edge\r\nContent-Disposition: " + disposition + b"\r\n\r\n"
        headers = {"Content-Type": "multipart/form-data; boundary=edge"}
        status, answer = self.ask(connection, f"/{self.role}/file", head + text + b"\r\n--edge--\r\n", headers)
        assert status == 200, answer
        uploads[answer["fileid"]] = text
        return answer["fileid"]

    def listen(self):
        """Registers and reads all that comes until the server ends."""
        connection = socket.create_connection(self.address)
        key = base64.b64encode(os.urandom(16)).decode()
        connection.sendall(
            f"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        assert b" 101 " in connection.recv(4096)
        who = {"type": self.role, "uid": self.uid, "deviceid": "d", "token": self.token, "since": 0}
        text = json.dumps({"type": "C2S_REGISTER_REQ", "data": who}).encode()
        # A client's frame is masked, here with nothing.
        connection.sendall(struct.pack("!BBHI", 0x81, 0xFE, len(text), 0) + text)
        assert connection.recv(65536)
        threading.Thread(target=self.read_on, args=(connection,), daemon=True).start()

    @staticmethod
    def read_on(connection):
        try:
            while connection.recv(65536):
                pass
        except OSError:
            pass


def load(address, seconds):
    """Lets everybody write for so long; returns the files that were uploaded, by their id."""
    people = [Person(address, account) for account in ACCOUNTS]
    for person in people:
        person.listen()
    until, uploads, failed = time.monotonic() + seconds, {}, []

    def write(index, hand):
        try:
            people[index].write_on(people[index ^ 1], f"p{index}h{hand}", until, uploads)
        except Exception as error:
            failed.append(error)

    hands = [(index, hand) for index in range(len(people)) for hand in range(HANDS)]
    threads = [threading.Thread(target=write, args=hand) for hand in hands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return uploads

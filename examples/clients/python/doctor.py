"""A doctor of the demonstration data who answers whoever writes: python3 doctor.py http://127.0.0.1:8080"""

import sys

from jiayi import Jiayi

doctor = Jiayi(sys.argv[1], "doctor", "doctor1", "jiayi-demo", "example")


def pushed(name, data):
    if name == "S2C_ALONECHAT_PUSH":
        print(data["title"], data["content"], flush=True)
        doctor.send("alonechat/send", {"touid": data["data"]["from"]["uid"], "body": "收到"})


def resync():
    lines = doctor.request("GET", "message/list")["items"]
    print("message list:", len(lines), flush=True)


doctor.listen(pushed, resync)

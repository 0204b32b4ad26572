"""What scripts/fuzz-api tells schemathesis: who is asking, and ids that exist.

A made-up id seldom leads further than 404. So most of the ids are replaced by ones that some
demonstration account may see: one's own, and others', which must be refused.
"""

import json
import os
import urllib.error
import urllib.request
import zlib

import schemathesis

URL = os.environ["FUZZ_URL"]
ACCOUNT = os.environ["FUZZ_ACCOUNT"]
PEOPLE = ["resident1", "resident2", "resident3", "doctor1", "doctor2", "doctor3", "admin"]
# Fields that hold an id under another name.
ALIASES = {
    "touid": "uid", "doctoruid": "uid", "friendid": "uid", "leader": "uid",
    "members": "uid", "uids": "uid", "doctors": "uid",
}


def ask(path, token=None, body=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    data = json.dumps(body).encode() if body is not None else None
    try:
        with urllib.request.urlopen(urllib.request.Request(URL + path, data, headers)) as answer:
            return json.load(answer)
    except urllib.error.HTTPError:
        return {}


def role(account):
    return {"d": "doctor", "r": "user", "a": "admin"}[account[0]]


def login(account):
    return ask(f"/{role(account)}/login", body={"account": account, "password": "jiayi-demo"})["token"]


def harvest(value, found):
    """Every id in an answer, by the name of its field."""
    if isinstance(value, list):
        for item in value:
            harvest(item, found)
    elif isinstance(value, dict):
        for name, item in value.items():
            if isinstance(item, str) and name.endswith("id"):
                found.setdefault(ALIASES.get(name, name), set()).add(item)
            harvest(item, found)


def ids():
    found = {}
    description = ask("/openapi.json")
    for account in PEOPLE:
        token = login(account)
        for path, operations in description["paths"].items():
            if "get" in operations and path.startswith(f"/{role(account)}/") and "{" not in path:
                harvest(ask(path, token), found)
    return {name: sorted(values) for name, values in found.items()}


IDS = ids()
TOKEN = None if ACCOUNT == "nobody" else login(ACCOUNT)


def known(name, value):
    """The value, or for three ids of four one that exists."""
    pool = IDS.get(ALIASES.get(name, name))
    if isinstance(value, list):
        return [known(name, item) for item in value]
    if not pool or not isinstance(value, str) or len(value) > 64:
        return value
    number = zlib.crc32(value.encode("utf-8", "surrogatepass"))
    return value if number % 4 == 0 else pool[number // 4 % len(pool)]


def with_known(fields):
    if isinstance(fields, dict):
        return {name: known(name, value) for name, value in fields.items()}
    return fields


@schemathesis.hook
def map_body(context, body):
    return with_known(body)


@schemathesis.hook
def map_query(context, query):
    return with_known(query)


@schemathesis.hook
def map_path_parameters(context, parameters):
    return with_known(parameters)


@schemathesis.auth()
class Token:
    def get(self, case, context):
        return TOKEN

    def set(self, case, data, context):
        if data:
            case.headers["Authorization"] = f"Bearer {data}"

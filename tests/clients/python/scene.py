"""Prepares a fresh Jeton at JETON_URL, whose gate has the name of the argument. Its buckets `telemetry` and `other` are the
databases of these names. Prints the address of the gate, a token of `telemetry`, and one of `other`, each of which reads
and writes its bucket."""

import json
import os
import sys
import time
from urllib.request import Request, urlopen

URL = os.environ["JETON_URL"]
GATE = f"/api/v2/gates/{sys.argv[1]}"
# Maximum number of seconds until the gate has seen its database.
WITHIN = 60


def call(method, path, token="", body=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Token {token}"
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(URL + path, data, headers, method=method), timeout=60) as answer:
        return json.load(answer)


first = {"username": "alice", "password": "password1", "org": "my-org", "bucket": "telemetry"}
done = call("POST", "/api/v2/setup", body=first)
operator, org = done["auth"]["token"], done["org"]["id"]


def post(path, body=None):
    return call("POST", path, operator, body)


def healthy():
    """The gate, once its database has answered it."""
    deadline = time.monotonic() + WITHIN
    while True:
        gate = post(f"{GATE}/check")
        if gate["health"] == "healthy":
            return gate
        if time.monotonic() > deadline:
            sys.exit(f"the gate is not healthy: {gate}")
        time.sleep(0.1)


def token_of(bucket, name):
    post(f"{GATE}/bindings", {"bucketID": bucket, "database": name})
    resource = {"type": "buckets", "id": bucket, "orgID": org}
    permissions = [{"action": action, "resource": resource} for action in ("read", "write")]
    return post("/api/v2/authorizations", {"orgID": org, "permissions": permissions})["token"]


other = post("/api/v2/buckets", {"orgID": org, "name": "other", "retentionRules": []})
print(healthy()["address"])
print(token_of(done["bucket"]["id"], "telemetry"))
print(token_of(other["id"], "other"))

"""Sets a fresh server up for one credential: prepare.py URL CREDENTIAL. Prints what hooks.py needs, as JSON."""

import json
import sys
import urllib.request

URL, CREDENTIAL = sys.argv[1:]
NAME, PASSWORD = "alice", "password1"


def post(path, credential=None, /, **body):
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Token {credential}"} if credential else {})
    request = urllib.request.Request(URL + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


first = post("/api/v2/setup", username=NAME, password=PASSWORD, org="my-org", bucket="telemetry")
operator, org, bucket, user = first["auth"]["token"], first["org"]["id"], first["bucket"]["id"], first["user"]["id"]


def may(action, type, **of):
    return {"action": action, "resource": {"type": type, **of}}


one_bucket = [may(action, "buckets", id=bucket, orgID=org) for action in ("read", "write")]
scoped = one_bucket + [may("read", type, orgID=org) for type in ("buckets", "telegrafs", "authorizations")]
scoped.append(may("read", "users", id=user))


def token(**more):
    return post("/api/v2/authorizations", operator, orgID=org, permissions=scoped, **more)


def legacy_token(number):
    body = {"orgID": org, "token": f"legacy-{number}", "permissions": one_bucket}
    return post("/private/legacy/authorizations", operator, **body)


credentials = {
    "operator": lambda: first["auth"],
    "scoped": token,
    "inactive": lambda: token(status="inactive"),
    "none": lambda: {"id": None, "token": None},
}
credential = credentials[CREDENTIAL]()

# What requests may change and delete. The operator's do, so there is enough for all of them.
makers = {
    "userID": lambda number: post("/api/v2/users", operator, name=f"user-{number}"),
    "orgID": lambda number: post("/api/v2/orgs", operator, name=f"org-{number}"),
    "bucketID": lambda number: post("/api/v2/buckets", operator, orgID=org, name=f"bucket-{number}"),
    "authID": lambda number: token(description=f"token-{number}"),
    "legacyID": legacy_token,
    "telegrafID": lambda number: post("/api/v2/telegrafs", operator, orgID=org, name=f"agent-{number}"),
}
numbers = range(40 if CREDENTIAL == "operator" else 4)
spare = {name: [make(number)["id"] for number in numbers] for name, make in makers.items()}

# What the credential itself stands on. Were it changed, every later answer would be the same refusal.
own = {"userID": user, "orgID": org, "bucketID": bucket, "authID": credential["id"]}
own = {name: id for name, id in own.items() if id}

print(json.dumps({"token": credential["token"], "basic": [NAME, PASSWORD], "spare": spare, "own": own}))

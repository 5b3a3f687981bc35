"""Sets a fresh server up for one credential: prepare.py URL CREDENTIAL. Prints what hooks.py needs, as JSON."""

import base64
import json
import sys
import urllib.request

URL, CREDENTIAL = sys.argv[1:]
PASSWORD = "password1"


def send(path, authorization, body):
    headers = {"Content-Type": "application/json"} | ({"Authorization": authorization} if authorization else {})
    return urllib.request.urlopen(urllib.request.Request(URL + path, json.dumps(body).encode(), headers))


def basic(name):
    return "Basic " + base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()


with send("/api/v2/setup", None, {"username": "alice", "password": PASSWORD, "org": "my-org", "bucket": "telemetry"}) as done:
    first = json.load(done)
operator = "Token " + first["auth"]["token"]


def create(path, **body):
    with send(path, operator, body) as answer:
        return json.load(answer)


def may(action, type, **of):
    return {"action": action, "resource": {"type": type, **of}}


def bucket_permissions(bucket, org):
    return [may(action, "buckets", id=bucket, orgID=org) for action in ("read", "write")]


def things(name, org, bucket):
    """One of each kind, in this organization and around this bucket; the ids by the names that parameters have."""
    of = {"orgID": org}
    permissions = bucket_permissions(bucket, org)
    legacy = create("/private/legacy/authorizations", **of, token=f"legacy-{name}", permissions=permissions)
    dbrp = create("/api/v2/dbrps", **of, bucketID=bucket, database=f"database-{name}", retention_policy="autogen")
    return {
        "orgID": org,
        "bucketID": bucket,
        "authID": create("/api/v2/authorizations", **of, description=name, permissions=permissions)["id"],
        "legacyID": legacy["id"],
        "telegrafID": create("/api/v2/telegrafs", **of, name=f"agent-{name}")["id"],
        "dbrpID": dbrp["id"],
    }


def spare_things(number):
    org = create("/api/v2/orgs", name=f"org-{number}")["id"]
    bucket = create("/api/v2/buckets", orgID=org, name=f"bucket-{number}")["id"]
    return {"userID": create("/api/v2/users", name=f"user-{number}")["id"], **things(str(number), org, bucket)}


def signed_in_user(number):
    name = f"person-{number}"
    user = create("/api/v2/users", name=name)["id"]
    send(f"/api/v2/users/{user}/password", operator, {"password": PASSWORD}).close()
    with send("/api/v2/signin", basic(name), {}) as answer:
        cookie = answer.headers["Set-Cookie"].split(";")[0].partition("=")[2]
    return {"userID": user, "basic": basic(name), "cookie": cookie}


org, bucket, user = first["org"]["id"], first["bucket"]["id"], first["user"]["id"]
own = {"userID": user, **things("own", org, bucket)}
scoped = bucket_permissions(bucket, org) + [may("read", "users", id=user)]
scoped += [may("read", type, orgID=org) for type in ("buckets", "telegrafs", "authorizations")]
body = {"orgID": org, "permissions": scoped}
credential = {
    "operator": lambda: first["auth"],
    "scoped": lambda: create("/api/v2/authorizations", **body),
    "inactive": lambda: create("/api/v2/authorizations", **body, status="inactive"),
    "none": lambda: {"token": None},
}[CREDENTIAL]()

# Only the operator's requests change and delete much: there is enough for all of them.
everything = CREDENTIAL == "operator"
spare = [spare_things(number) for number in range(40 if everything else 4)]
people = [signed_in_user(number) for number in range(8 if everything else 0)]
alice = basic("alice")
print(json.dumps({"token": credential["token"], "basic": alice, "own": own, "spare": spare, "people": people}))

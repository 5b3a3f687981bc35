"""Gives Schemathesis's requests the credential, and half of them ids of things that exist: made-up ones never would."""

import atexit
import collections
import itertools
import json
import os
import re

import schemathesis

with open(os.environ["FUZZ_THINGS"]) as file:
    THINGS = json.load(file)

# Signing in wants a name and a password; these want a session, and the password where it is to be changed.
SIGN_IN = "/api/v2/signin"
OF_A_SESSION = re.compile(r"PUT .*/password|POST /api/v2/signout")

# Which kind of thing `id` is: in a permission by its type, else by the path.
KINDS = {
    "users": "userID",
    "members": "userID",
    "owners": "userID",
    "orgs": "orgID",
    "buckets": "bucketID",
    "authorizations": "authID",
    "telegrafs": "telegrafID",
    "dbrps": "dbrpID",
}

answers = collections.defaultdict(collections.Counter)
count = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    turn, as_made = divmod(next(count), 2)
    if THINGS["token"]:
        case.headers["Authorization"] = f"Token {THINGS['token']}"
    if as_made:
        return
    kind = next((KINDS[part] for part in reversed(case.path.split("/")) if part in KINDS), None)
    place(case.path_parameters, kind, lambda name: existing(name, case, turn, in_path=True))
    for part in (case.query, case.body):
        place(part, kind, lambda name: existing(name, case, turn, in_path=False))
    if case.path == SIGN_IN:
        case.headers["Authorization"] = THINGS["basic"]
    elif THINGS["people"] and OF_A_SESSION.match(case.operation.label):
        person = THINGS["people"][turn % len(THINGS["people"])]
        case.headers["Authorization"] = person["basic"]
        case.cookies["influxdb-oss-session"] = person["cookie"]
        if "userID" in case.path_parameters:
            case.path_parameters["userID"] = person["userID"]


def place(value, kind, existing):
    """Puts existing ids where well-formed ones are, or none; the malformed ones are there to be refused."""
    if isinstance(value, list):
        for inner in value:
            place(inner, kind, existing)
    if not isinstance(value, dict):
        return
    in_permission = isinstance(value.get("type"), str)
    if in_permission:
        kind = KINDS.get(value["type"])
        # A name stands in the place of an id, and no made-up one exists.
        value.pop("name", None)
    for name, inner in value.items():
        kind_here = kind if name == "id" else name
        optional = in_permission and name == "id"
        fits = re.fullmatch("[0-9a-fA-F]{16}", inner) if isinstance(inner, str) else inner is None and not optional
        if kind_here in THINGS["own"] and fits:
            value[name] = existing(kind_here)
        else:
            place(inner, kind, existing)


def existing(name, case, turn, in_path):
    """All that one request names belongs together."""
    if name == "authID" and case.path.startswith("/private/"):
        name = "legacyID"
    # What a path names is changed. That must not be what the credential stands on, or all later answers were one refusal;
    # the scoped token's only bucket may change, but has to stay.
    changed = in_path and case.method != "GET" and (name != "bucketID" or case.method == "DELETE")
    if turn % 2 and not changed:
        return THINGS["own"][name]
    return THINGS["spare"][turn % len(THINGS["spare"])][name]


@schemathesis.hook
def after_call(context, case, response):
    answers[case.operation.label][response.status_code] += 1


@atexit.register
def write_answers():
    """By operation, so that it can be seen that not everything was refused."""
    with open(os.environ["FUZZ_ANSWERS"], "w") as file:
        json.dump(answers, file)

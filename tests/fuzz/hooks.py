"""Gives Schemathesis's requests the credential, and half of them the ids of things that exist. Made up, they never would."""

import atexit
import base64
import collections
import itertools
import json
import os
import re

import schemathesis

with open(os.environ["FUZZ_THINGS"]) as file:
    THINGS = json.load(file)

BASIC = "Basic " + base64.b64encode(":".join(THINGS["basic"]).encode()).decode()
TAKES_PASSWORD = re.compile(r"/signin$|/me/password$")

# Which kind a plain `id` is: in a query by the list's path, in a permission by its type.
KINDS = {"users": "userID", "orgs": "orgID", "buckets": "bucketID", "authorizations": "authID", "telegrafs": "telegrafID"}

answers = collections.defaultdict(collections.Counter)
count = itertools.count()
turns = {name: itertools.count() for name in THINGS["spare"]}


@schemathesis.hook
def before_call(context, case, kwargs):
    # Signing in is tried with the right password too; a token would stand in its place.
    every_second = next(count) % 2 == 0
    if TAKES_PASSWORD.search(case.path):
        if every_second:
            case.headers["Authorization"] = BASIC
    elif THINGS["token"]:
        case.headers["Authorization"] = "Token " + THINGS["token"]
    if every_second:
        kind = next((KINDS[part] for part in reversed(case.path.split("/")) if part in KINDS), None)
        for part in (case.path_parameters, case.query, case.body):
            place(part, kind, case)


@schemathesis.hook
def after_call(context, case, response):
    answers[case.operation.label][response.status_code] += 1


@atexit.register
def write_answers():
    """By operation, so that it can be seen that not everything was refused."""
    with open(os.environ["FUZZ_ANSWERS"], "w") as file:
        json.dump(answers, file)


def place(value, kind, case):
    """Puts ids of existing things where well-formed ids are; the malformed ones are there to be refused."""
    if isinstance(value, list):
        for inner in value:
            place(inner, kind, case)
    if not isinstance(value, dict):
        return
    here = KINDS.get(value.get("type"), kind) if isinstance(value.get("type"), str) else kind
    for name, inner in value.items():
        name_of_kind = here if name == "id" else name
        if not isinstance(inner, str):
            place(inner, here, case)
        elif name_of_kind in turns and re.fullmatch("[0-9a-fA-F]{16}", inner):
            value[name] = existing(name_of_kind, case)


def existing(name, case):
    if name == "authID" and case.path.startswith("/private/"):
        name = "legacyID"
    # Reading one's own things is harmless, and so is what a token may do to its bucket but deleting it.
    harmless = case.method == "GET" or (name == "bucketID" and case.method != "DELETE")
    ids = THINGS["spare"][name] + ([THINGS["own"][name]] if harmless and name in THINGS["own"] else [])
    return ids[next(turns[name]) % len(ids)]

"""What InfluxDB's Python client makes of a gate before VictoriaMetrics at GATE_URL. node/victoriametrics.mjs takes the same
steps. ALLOWED is a token of the database `telemetry`, REFUSED one of `other`; PAST_URL leads past the gate.
"""

import json
import os
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from influxdb_client import InfluxDBClient, Point
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException

GATE, PAST = os.environ["GATE_URL"], os.environ["PAST_URL"]
ALLOWED, REFUSED = os.environ["ALLOWED"], os.environ["REFUSED"]
SINCE = 1_700_000_000
# Without an end, rows of the last second are left out.
EVERYTHING = {"match[]": '{__name__=~"python.+"}', "start": SINCE, "end": SINCE + 3600}


def step(name, call):
    """Does a step and prints its line: what came back, or status and text of the refusal."""
    try:
        facts = call()
    except ApiException as error:
        facts = [error.status, error.body.strip()]
    print(" ".join([f"{name}:", *map(str, facts)]))


def write(token, bucket, points):
    writer = InfluxDBClient(GATE, token=token, org="my-org").write_api(write_options=SYNCHRONOUS)
    writer.write(bucket=bucket, record=points, write_precision="s")
    return ["done"]


def point(host, second, value):
    return Point("python").tag("host", host).field("v", value).time(SINCE + second, "s")


def rows(url, token=""):
    """The rows that an export shows, each with its database."""
    request = Request(f"{url}/api/v1/export?{urlencode(EVERYTHING)}")
    if token:
        request.add_header("Authorization", f"Token {token}")
    with urlopen(request, timeout=60) as answer:
        series = [json.loads(line) for line in answer.read().splitlines()]
    found = [(one["metric"], value) for one in series for value in one["values"]]
    return sorted(f"{metric['db']}/{metric['host']}={value}" for metric, value in found)


def rows_seen():
    with urlopen(f"{PAST}/internal/force_flush", timeout=60):
        return rows(GATE, ALLOWED)


step("write", lambda: write(ALLOWED, "telemetry", [point("boiler", 0, 20.5), point("boiler", 60, 21.5)]))
step("write with a foreign database", lambda: write(ALLOWED, "telemetry", point("pump", 0, 19.25).tag("db", "other")))
step("refused write", lambda: write(REFUSED, "telemetry", point("spy", 0, 1.5)))
step("write to an unknown bucket", lambda: write(ALLOWED, "unknown", point("spy", 0, 1.5)))
step("write with an unknown token", lambda: write("unknown", "telemetry", point("spy", 0, 1.5)))
step("rows", rows_seen)
step("rows of the other token", lambda: rows(GATE, REFUSED))
step("rows past the gate", lambda: rows(PAST))

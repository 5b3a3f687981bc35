"""What the Python client of InfluxDB 1 makes of a database at V1_ADDRESS, with the user V1_USER and the password V1_SECRET.
node/influxdb1.mjs takes the same steps. The argument says which: `allowed`, the same past a gate and through one, or
`refused`, those of a token of another database.
"""

import json
import os
import sys

from influxdb import InfluxDBClient
from influxdb.exceptions import InfluxDBClientError

HOST, PORT = os.environ["V1_ADDRESS"].split(":")
SINCE = 1_700_000_000


def client(secret):
    return InfluxDBClient(HOST, int(PORT), os.environ["V1_USER"], secret, "telemetry")


influx = client(os.environ["V1_SECRET"])


def error_of(error):
    """The status and the members of a refused request; the text of a failed statement."""
    if error.code is None:
        return "failed", {"error": error.content}
    return error.code, json.loads(error.content)


def step(name, call, said=lambda status, body: [status, body["error"]]):
    """Does a step and prints its line: what came back, or the error."""
    try:
        facts = call()
    except InfluxDBClientError as error:
        facts = said(*error_of(error))
    print(" ".join([f"{name}:", *map(str, facts)]))


def members(status, body):
    return [status, *body]


def point(host, second, value):
    return {"measurement": "temp", "tags": {"host": host}, "time": SINCE + second, "fields": {"v": value}}


def write(points, **place):
    influx.write_points(points, time_precision="s", **place)
    return ["done"]


def rows(text, **how):
    return [f"{row['time'] - SINCE}={row['v']}" for row in influx.query(text, epoch="s", **how).get_points()]


def groups(text):
    found = influx.query(text, epoch="s").items()
    return [f"{tags['host']}={row['v']}" for (_, tags), points in found for row in points]


def column(text, name):
    return [row[name] for row in influx.query(text).get_points()]


def names(found):
    return [one["name"] for one in found]


def create(name):
    influx.create_database(name)
    return ["done"]


def allowed():
    step("ping", lambda: ["answered" if influx.ping() else "without a version"])
    step("write", lambda: write([point("boiler", 0, 20.5), point("boiler", 60, 21.5), point("pump", 0, 19.25)]))
    step("write to a retention policy", lambda: write([point("pump", 60, 18.75)], retention_policy="autogen"))
    step("rows", lambda: rows("SELECT v FROM temp WHERE host = 'boiler'"))
    step("rows by POST", lambda: rows("SELECT v FROM temp WHERE host = 'pump'", method="POST"))
    step("rows with a parameter", lambda: rows("SELECT v FROM temp WHERE host = $host", bind_params={"host": "pump"}))
    step("rows of a whole name", lambda: rows("SELECT v FROM telemetry.autogen.temp WHERE host = 'pump'"))
    step("groups", lambda: groups("SELECT max(v) AS v FROM temp GROUP BY host"))
    step("databases", lambda: names(influx.get_list_database()))
    step("measurements", lambda: names(influx.get_list_measurements()))
    step("retention policies", lambda: names(influx.get_list_retention_policies("telemetry")))
    step("tag keys", lambda: column("SHOW TAG KEYS FROM temp", "tagKey"))
    step("tag values", lambda: column("SHOW TAG VALUES FROM temp WITH KEY = host", "value"))
    step("write elsewhere", lambda: write([point("spy", 0, 1.5)], database="other"), members)
    step("wrong password", lambda: [client("wrong").query("SHOW MEASUREMENTS")])


def refused():
    step("write", lambda: write([point("spy", 0, 1.5)]))
    step("rows", lambda: rows("SELECT v FROM temp"))
    step("rows of a whole name", lambda: rows("SELECT v FROM telemetry.autogen.temp", database="other"))
    step("measurements", lambda: names(influx.get_list_measurements()))
    step("databases", lambda: names(influx.get_list_database()))
    step("own database created", lambda: create("other"))
    step("foreign database created", lambda: create("telemetry"))


{"allowed": allowed, "refused": refused}[sys.argv[1]]()

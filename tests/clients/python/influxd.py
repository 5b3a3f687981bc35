"""Prepares a fresh influxd 1.x with authentication on the port of the argument: the databases `telemetry` and `other`, the
user `gate`, who may everything, and the user `alice`, who may use `telemetry`."""

import sys

from influxdb import InfluxDBClient

admin = InfluxDBClient("127.0.0.1", int(sys.argv[1]), "gate", "password2")
# The first user is created without credentials.
for statement in [
    "CREATE USER gate WITH PASSWORD 'password2' WITH ALL PRIVILEGES",
    "CREATE DATABASE telemetry",
    "CREATE DATABASE other",
    "CREATE USER alice WITH PASSWORD 'password1'",
    "GRANT ALL ON telemetry TO alice",
]:
    admin.query(statement, method="POST")

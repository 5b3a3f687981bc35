// What InfluxDB's JavaScript client makes of a gate before VictoriaMetrics at GATE_URL. python/victoriametrics.py takes the
// same steps. ALLOWED is a token of the database `telemetry`, REFUSED one of `other`; PAST_URL leads past the gate.

import { HttpError, InfluxDB, Point, setLogger } from "@influxdata/influxdb-client";

const { GATE_URL, PAST_URL, ALLOWED, REFUSED } = process.env;
const since = 1_700_000_000;
// Without an end, rows of the last second are left out.
const everything = new URLSearchParams({ "match[]": '{__name__=~"node.+"}', start: since, end: since + 3600 });

// The client would print each refusal.
setLogger({ error() {}, warn() {} });

/** Does a step and prints its line: what came back, or status and text of the refusal. */
async function step(name, call) {
  let facts;
  try {
    facts = await call();
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    facts = [error.statusCode, error.body.trim()];
  }
  console.log([`${name}:`, ...facts].join(" "));
}

async function write(token, bucket, points) {
  const writer = new InfluxDB({ url: GATE_URL, token }).getWriteApi("my-org", bucket, "s", { maxRetries: 0 });
  writer.writePoints(points);
  await writer.close();
  return ["done"];
}

const point = (host, second, value) =>
  new Point("node").tag("host", host).floatField("v", value).timestamp(since + second);

/** The rows that an export shows, each with its database. */
async function rows(url, token) {
  const headers = token ? { authorization: `Token ${token}` } : {};
  const answer = await fetch(`${url}/api/v1/export?${everything}`, { headers });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  const lines = (await answer.text()).split("\n").filter((line) => line);
  const found = lines.map((line) => JSON.parse(line));
  return found.flatMap(({ metric, values }) => values.map((value) => `${metric.db}/${metric.host}=${value}`)).sort();
}

async function rowsSeen() {
  await fetch(`${PAST_URL}/internal/force_flush`);
  return rows(GATE_URL, ALLOWED);
}

await step("write", () => write(ALLOWED, "telemetry", [point("boiler", 0, 20.5), point("boiler", 60, 21.5)]));
await step("write with a foreign database", () =>
  write(ALLOWED, "telemetry", [point("pump", 0, 19.25).tag("db", "other")]),
);
await step("refused write", () => write(REFUSED, "telemetry", [point("spy", 0, 1.5)]));
await step("write to an unknown bucket", () => write(ALLOWED, "unknown", [point("spy", 0, 1.5)]));
await step("write with an unknown token", () => write("unknown", "telemetry", [point("spy", 0, 1.5)]));
await step("rows", rowsSeen);
await step("rows of the other token", () => rows(GATE_URL, REFUSED));
await step("rows past the gate", () => rows(PAST_URL));

// What the JavaScript client of InfluxDB 1 makes of a database at V1_ADDRESS, with the user V1_USER and the password
// V1_SECRET. python/influxdb1.py takes the same steps. The argument says which: `allowed`, the same past a gate and through
// one, or `refused`, those of a token of another database.

import influx from "influx";

const [host, port] = process.env.V1_ADDRESS.split(":");
const since = 1_700_000_000;

const client = (password) =>
  new influx.InfluxDB({ host, port: Number(port), username: process.env.V1_USER, password, database: "telemetry" });
const db = client(process.env.V1_SECRET);

/** The status and the members of a refused request; the text of a failed statement. */
function errorOf(error) {
  if (error.res) {
    const body = error.message.slice(error.message.indexOf("{"));
    return [error.res.statusCode, JSON.parse(body)];
  }
  if (error instanceof influx.ResultError) return ["failed", { error: error.message.replace("Error from InfluxDB: ", "") }];
  throw error;
}

/** Does a step and prints its line: what came back, or the error. */
async function step(name, call, said = (status, body) => [status, body.error]) {
  let facts;
  try {
    facts = await call();
  } catch (error) {
    facts = said(...errorOf(error));
  }
  console.log([`${name}:`, ...facts].join(" "));
}

const members = (status, body) => [status, ...Object.keys(body)];
const point = (host, second, v) => ({ measurement: "temp", tags: { host }, fields: { v }, timestamp: since + second });

async function write(points, place) {
  await db.writePoints(points, { precision: "s", ...place });
  return ["done"];
}

async function rows(text, how) {
  const found = await db.query(text, { precision: "s", ...how });
  return found.map(({ time, v }) => `${time.getTime() / 1000 - since}=${v}`);
}

async function groups(text) {
  const found = await db.query(text, { precision: "s" });
  return found.groups().flatMap(({ tags, rows }) => rows.map(({ v }) => `${tags.host}=${v}`));
}

const column = async (text, name) => (await db.query(text)).map((row) => row[name]);
const names = async (found) => (await found).map(({ name }) => name);

async function ping() {
  const [{ online, version }] = await db.ping(5000);
  return [online && version ? "answered" : "without a version"];
}

async function create(name) {
  await db.createDatabase(name);
  return ["done"];
}

async function allowed() {
  await step("ping", ping);
  await step("write", () => write([point("boiler", 0, 20.5), point("boiler", 60, 21.5), point("pump", 0, 19.25)]));
  await step("write to a retention policy", () => write([point("pump", 60, 18.75)], { retentionPolicy: "autogen" }));
  await step("rows", () => rows("SELECT v FROM temp WHERE host = 'boiler'"));
  await step("rows by POST", () => rows("SELECT v FROM temp WHERE host = 'pump'", { method: "POST" }));
  const placeholders = { host: "pump" };
  await step("rows with a parameter", () => rows("SELECT v FROM temp WHERE host = $host", { placeholders }));
  await step("rows of a whole name", () => rows("SELECT v FROM telemetry.autogen.temp WHERE host = 'pump'"));
  await step("groups", () => groups("SELECT max(v) AS v FROM temp GROUP BY host"));
  await step("databases", () => db.getDatabaseNames());
  await step("measurements", () => db.getMeasurements());
  await step("retention policies", () => names(db.showRetentionPolicies("telemetry")));
  await step("tag keys", () => column("SHOW TAG KEYS FROM temp", "tagKey"));
  await step("tag values", () => column("SHOW TAG VALUES FROM temp WITH KEY = host", "value"));
  await step("write elsewhere", () => write([point("spy", 0, 1.5)], { database: "other" }), members);
  await step("wrong password", () => client("wrong").query("SHOW MEASUREMENTS"));
}

async function refused() {
  await step("write", () => write([point("spy", 0, 1.5)]));
  await step("rows", () => rows("SELECT v FROM temp"));
  await step("rows of a whole name", () => rows("SELECT v FROM telemetry.autogen.temp", { database: "other" }));
  await step("measurements", () => db.getMeasurements());
  await step("databases", () => db.getDatabaseNames());
  await step("own database created", () => create("other"));
  await step("foreign database created", () => create("telemetry"));
}

await { allowed, refused }[process.argv[2]]();

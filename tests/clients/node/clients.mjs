// What InfluxDB's JavaScript client makes of a fresh Jeton at JETON_URL. python/clients.py takes the same steps.
// Each prints a line: what was done, the status, and what came back. No ids, times or tokens, so that it never changes.

import { HttpError, InfluxDB } from "@influxdata/influxdb-client";
import {
  AuthorizationsAPI,
  BucketsAPI,
  HealthAPI,
  MeAPI,
  OrgsAPI,
  PingAPI,
  ReadyAPI,
  ResourcesAPI,
  SetupAPI,
  SigninAPI,
  SignoutAPI,
  UsersAPI,
} from "@influxdata/influxdb-client-apis";

const url = process.env.JETON_URL;

// Node would print the client's whole minified source with it.
process.on("uncaughtException", ({ stack }) => {
  console.error(stack);
  process.exit(1);
});

// The client hands out status and headers only on request; each call takes `seen` for that.
let status, headers;
const seen = {
  responseStarted(theirHeaders, code) {
    headers = theirHeaders;
    status = code;
  },
};

/** Does a step and prints its line; a refusal's text stands in place of the facts. Gives what the call gave. */
async function step(name, call, facts = () => []) {
  let answer, said;
  try {
    answer = await call();
    said = facts(answer);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    status = error.statusCode;
    said = [error.json?.message ?? error.message];
  }
  const line = [`${name}:`, status, ...said.filter((fact) => fact !== "" && fact !== undefined)].join(" ");
  console.log(line.replace(/\b[0-9a-f]{16}\b/g, "<id>"));
  return answer;
}

// The facts of what comes back.
const named = ({ name, status }) => [name, status];
const count = (list) => [list.length];
const names = (list) => list.map(({ name }) => name).sort();
const orgFacts = ({ name, description }) => [name, description];
const roles = ({ users }) => users.map(({ name, role }) => `${name}=${role}`).sort();
const bucketFacts = ({ name, type, retentionRules }) => [name, type, ...retentionRules.map((rule) => `${rule.everySeconds}s`)];
const granted = ({ action, resource }) => `${action}:${resource.type}${resource.name ? `=${resource.name}` : ""}`;
const tokenFacts = ({ user, org, status, description, token, permissions }) => [
  user,
  org,
  status,
  description,
  token ? "token=shown" : "token=hidden",
  ...permissions.map(granted),
];

const client = (token) => new InfluxDB({ url, token });
const nobody = client();

/** Signs in; a client with the session's cookie. */
async function session(user, password) {
  await new SigninAPI(nobody).postSignin({ auth: { user, password } }, seen);
  const [cookie] = headers["set-cookie"][0].split(";");
  return new InfluxDB({ url, headers: { cookie } });
}

const me = (influx) => new MeAPI(influx).getMe(undefined, seen);

// The server itself.
await step("health", () => new HealthAPI(nobody).getHealth(undefined, seen), ({ name, status }) => [name, status]);
await step("ready", () => new ReadyAPI(nobody).getReady(undefined, seen), ({ status }) => [status]);
await step("ping", () => new PingAPI(nobody).getPing(undefined, seen));

// Set-up.
const setup = new SetupAPI(nobody);
const first = { username: "alice", password: "password1", org: "my-org", bucket: "telemetry" };
const allowed = ({ allowed }) => [allowed ? "allowed" : "done"];
await step("set-up before", () => setup.getSetup(undefined, seen), allowed);
await step("set-up with a short password", () => setup.postSetup({ body: { ...first, password: "short" } }, seen));
const done = await step("set-up", () => setup.postSetup({ body: first }, seen), ({ user, org, bucket, auth }) => [
  user.name,
  org.name,
  bucket.name,
  auth.status,
  auth.permissions.length,
]);
await step("set-up again", () => setup.postSetup({ body: first }, seen));
await step("set-up after", () => setup.getSetup(undefined, seen), allowed);

// Sessions.
await step("me without credentials", () => me(nobody));
await step("me with an unknown token", () => me(client("unknown")));
await step("sign-in with a wrong password", async () => me(await session("alice", "password2")));
const alices = await session("alice", "password1");
await step("me by session", () => me(alices), named);
const allTokens = () => new AuthorizationsAPI(alices).getAuthorizations({}, seen);
await step("tokens by session", allTokens, ({ authorizations }) => count(authorizations));
const signOut = (influx) => new SignoutAPI(influx).postSignout(undefined, seen);
await step("sign-out", () => signOut(alices));
await step("me after signing out", () => me(alices));
await step("sign-out without a session", () => signOut(nobody));

// From here on with the operator token.
const operator = client(done.auth.token);
await step("me by token", () => me(operator), named);
await step("resources", () => new ResourcesAPI(operator).getResources(undefined, seen), count);

// Users.
const users = new UsersAPI(operator);
const bob = await step("user", () => users.postUsers({ body: { name: "bob" } }, seen), named);
await step("user of the same name", () => users.postUsers({ body: { name: "bob" } }, seen));
await step("user by name", () => users.getUsers({ name: "bob" }, seen), ({ users }) => names(users));
await step("user by unknown name", () => users.getUsers({ name: "nobody" }, seen));
await step("users", () => users.getUsers({}, seen), ({ users }) => names(users));
const updateBob = (body) => users.patchUsersID({ userID: bob.id, body }, seen);
await step("user renamed", () => updateBob({ name: "robert", status: "active" }), named);
const bobsPassword = (password) => users.postUsersIDPassword({ userID: bob.id, body: { password } }, seen);
await step("short password", () => bobsPassword("short"));
await step("password", () => bobsPassword("password2"));
const bobs = await session("robert", "password2");
await step("me as that user", () => me(bobs), named);
await step("own password", () =>
  new MeAPI(bobs).putMePassword({ auth: { user: "robert", password: "password2" }, body: { password: "password3" } }, seen),
);
await step("sign-in with the old password", async () => me(await session("robert", "password2")));
await step("sign-in with the new password", async () => me(await session("robert", "password3")), named);
await step("user deactivated", () => updateBob({ name: "robert", status: "inactive" }), named);
const inactive = await session("robert", "password3");
await step("me as an inactive user", () => me(inactive));
await step("sign-out as an inactive user", () => signOut(inactive));
await step("user activated", () => updateBob({ name: "robert", status: "active" }), named);
await step("me as an active user", async () => me(await session("robert", "password3")), named);

// Organizations, their members and owners.
const orgs = new OrgsAPI(operator);
const createOrg = (body) => orgs.postOrgs({ body }, seen);
const plant = await step("organization", () => createOrg({ name: "plant", description: "Hall 2" }), orgFacts);
await step("organization of the same name", () => createOrg({ name: "plant" }));
await step("organization by name", () => orgs.getOrgs({ org: "plant" }, seen), ({ orgs }) => names(orgs));
await step("organization by unknown name", () => orgs.getOrgs({ org: "nowhere" }, seen));
await step("organizations", () => orgs.getOrgs({}, seen), ({ orgs }) => names(orgs));
const orgID = plant.id;
const works = { name: "works", description: "Hall 3" };
await step("organization updated", () => orgs.patchOrgsID({ orgID, body: works }, seen), orgFacts);
await step("members at first", () => orgs.getOrgsIDMembers({ orgID }, seen), roles);
await step("member", () => orgs.postOrgsIDMembers({ orgID, body: { id: bob.id } }, seen), ({ name, role }) => [name, role]);
await step("members", () => orgs.getOrgsIDMembers({ orgID }, seen), roles);
await step("member removed", () => orgs.deleteOrgsIDMembersID({ orgID, userID: bob.id }, seen));
await step("members at last", () => orgs.getOrgsIDMembers({ orgID }, seen), roles);
await step("owners at first", () => orgs.getOrgsIDOwners({ orgID }, seen), roles);
await step("owner", () => orgs.postOrgsIDOwners({ orgID, body: { id: bob.id } }, seen), ({ name, role }) => [name, role]);
await step("owners", () => orgs.getOrgsIDOwners({ orgID }, seen), roles);
await step("owner removed", () => orgs.deleteOrgsIDOwnersID({ orgID, userID: bob.id }, seen));
await step("owners at last", () => orgs.getOrgsIDOwners({ orgID }, seen), roles);

// Buckets.
const buckets = new BucketsAPI(operator);
const createBucket = (name, everySeconds) =>
  buckets.postBuckets({ body: { orgID, name, retentionRules: [{ type: "expire", everySeconds }] } }, seen);
const history = await step("bucket", () => createBucket("history", 86400), bucketFacts);
await step("bucket of the same name", () => createBucket("history", 86400));
await step("bucket with an underscore", () => createBucket("_history", 86400));
await step("bucket by name", () => buckets.getBuckets({ org: "works", name: "history" }, seen), ({ buckets }) => names(buckets));
await step("bucket by unknown name", () => buckets.getBuckets({ org: "works", name: "nothing" }, seen));
await step("buckets", () => buckets.getBuckets({ orgID }, seen), ({ buckets }) => names(buckets));
const archive = { name: "archive", description: "Old things", retentionRules: [{ type: "expire", everySeconds: 604800 }] };
await step("bucket updated", () => buckets.patchBucketsID({ bucketID: history.id, body: archive }, seen), bucketFacts);
await step("bucket deleted", () => buckets.deleteBucketsID({ bucketID: history.id }, seen));
await step("bucket after that", () => buckets.getBucketsID({ bucketID: history.id }, seen), bucketFacts);

// A token for one bucket.
const tokens = new AuthorizationsAPI(operator);
const bucket = (action) => ({ action, resource: { type: "buckets", id: done.bucket.id, orgID: done.org.id } });
const createToken = (influx, description, permissions, more) =>
  new AuthorizationsAPI(influx).postAuthorizations({ body: { orgID: done.org.id, description, permissions, ...more } }, seen);
const both = [bucket("read"), bucket("write")];
const scoped = await step("token", () => createToken(operator, "Telegraf", both), tokenFacts);
await step("token without permissions", () => createToken(operator, "", []), tokenFacts);
await step("token by id", () => tokens.getAuthorizationsID({ authID: scoped.id }, seen), tokenFacts);
const found = ({ authorizations }) => authorizations.map(({ description }) => description);
await step("tokens by user", () => tokens.getAuthorizations({ user: "alice" }, seen), found);
await step("tokens by organization", () => tokens.getAuthorizations({ org: "my-org" }, seen), found);
await step("tokens of another organization", () => tokens.getAuthorizations({ org: "works" }, seen), found);

const telegraf = client(scoped.token);
const itsBucket = () => new BucketsAPI(telegraf).getBucketsID({ bucketID: done.bucket.id }, seen);
const itsBuckets = () => new BucketsAPI(telegraf).getBuckets({}, seen);
await step("its bucket", itsBucket, bucketFacts);
await step("its buckets", itsBuckets, ({ buckets }) => names(buckets));
await step("a user by it", () => new UsersAPI(telegraf).postUsers({ body: { name: "mallory" } }, seen), named);
const mine = { orgID: done.org.id, name: "mine", retentionRules: [] };
await step("a bucket by it", () => new BucketsAPI(telegraf).postBuckets({ body: mine }, seen), bucketFacts);
await step("a token by it", () => createToken(telegraf, "", [bucket("read")]), tokenFacts);

const updateToken = (body) => tokens.patchAuthorizationsID({ authID: scoped.id, body }, seen);
await step("token deactivated", () => updateToken({ status: "inactive", description: "Telegraf, hall 2" }), tokenFacts);
await step("its bucket while inactive", itsBucket, bucketFacts);
await step("its buckets while inactive", itsBuckets, ({ buckets }) => names(buckets));
await step("token activated", () => updateToken({ status: "active", description: "Telegraf, hall 2" }), tokenFacts);
await step("its bucket when active", itsBucket, bucketFacts);
await step("token deleted", () => tokens.deleteAuthorizationsID({ authID: scoped.id }, seen));
await step("its bucket after that", itsBucket, bucketFacts);
await step("token after that", () => tokens.getAuthorizationsID({ authID: scoped.id }, seen), tokenFacts);

// Tokens of another user: they give nothing that their creator lacks, and end with the user.
const limits = [
  { action: "write", resource: { type: "authorizations", orgID: done.org.id } },
  { action: "write", resource: { type: "users", id: bob.id } },
  bucket("read"),
];
const bobsToken = await step(
  "token of another user",
  () => createToken(operator, "CI", limits, { userID: bob.id }),
  tokenFacts,
);
const ci = client(bobsToken.token);
await step("what it may grant", () => createToken(ci, "", [bucket("read")]), tokenFacts);
await step("what it may not grant", () => createToken(ci, "", [bucket("write")]), tokenFacts);
await step("user deleted", () => users.deleteUsersID({ userID: bob.id }, seen));
await step("user after that", () => users.getUsers({ id: bob.id }, seen));
await step("a deleted user's token", () => me(ci), named);
await step("organization deleted", () => orgs.deleteOrgsID({ orgID }, seen));
await step("organization after that", () => orgs.getOrgs({ org: "works" }, seen));

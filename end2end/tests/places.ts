// Every page and dialog of the console that has an address, for the tests that look at all of them.

import type { Api } from "./console.ts";
import { expect } from "./console.ts";
import type { FirstRun } from "./server.ts";

/** Addresses, on a server where there is something to see at each. */
export async function everyPlace(api: Api, first: FirstRun): Promise<string[]> {
  const org = first.org.id;
  const bucket = { type: "buckets", id: first.bucket.id, orgID: org };
  const token = await api.authorization(org, "Telegraf on the roof of the northern hall", { permissions: [{ action: "write", resource: bucket }] });
  await api.authorization(org, "Asleep", { status: "inactive" });
  const telegraf = await api.create("/api/v2/telegrafs", { orgID: org, name: "Hall 2", description: "", config: "[agent]\n" });
  const carla = await api.create("/api/v2/users", { name: "carla" });
  expect((await api.send("POST", `/api/v2/orgs/${org}/members`, { id: carla.id })).status).toBe(201);
  const tokens = ["", "?status=active&kind=custom&owner=alice", "?searchTerm=nothing", "?attention=operator", "/filter", "/look", "/leaked", "/generate/all-access", "/generate/custom-api"];
  const ofToken = ["", "/edit", "/limits", "/rotate", "/clone", "/delete", "/rename"].map((rest) => `/${token.id}${rest}`);
  const paths = [
    ...[...tokens, ...ofToken].map((rest) => `load-data/tokens${rest}`),
    "load-data/buckets", "load-data/buckets/new", `load-data/buckets/${first.bucket.id}/edit`, `load-data/buckets/${first.bucket.id}/delete`,
    "load-data/telegrafs", "load-data/telegrafs/new", `load-data/telegrafs/${telegraf.id}`, `load-data/telegrafs/${telegraf.id}/delete`,
    "settings/members", "settings/members/add", "settings/members/invite", `settings/members/${carla.id}/delete`,
    "settings/users", "settings/users/new", `settings/users/${carla.id}/password`, `settings/users/${carla.id}/delete`,
    "settings/organizations", "settings/organizations/new", `settings/organizations/${org}`, `settings/organizations/${org}/delete`,
    "settings/databases", "settings/audit-log", "account", "about",
  ];
  return [...paths.map((path) => `/orgs/${org}/${path}`), "/docs"];
}

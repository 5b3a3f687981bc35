// What the tests of the console share: a browser that complains about nothing, Alice signed in, and the API beside it.
//
//     import { test, expect } from "./console.ts";
//     test("…", async ({ page, tokens, api }) => { await tokens.open(); … });

import type { Locator, Page } from "@playwright/test";
import { alice, type FirstRun, type Server, expect, setUp, test as base } from "./server.ts";

export { alice, expect };
export { picture } from "./server.ts";

interface Fixtures {
  /** Set up by the API: user alice, organization my-org, bucket telemetry. */
  first: FirstRun;
  /** The API, with the operator token of the first set-up. */
  api: Api;
  /** The API Tokens page, with Alice signed in. */
  tokens: TokensPage;
  /** The browser's console may tell of an answer with this status; of anything else it may not complain. */
  expectRefusal(status: number): void;
}

export const test = base.extend<Fixtures>({
  first: async ({ server }, use) => use(await setUp(server)),

  api: async ({ server, first }, use) => use(new Api(server, first.auth.token, first.org.id)),

  tokens: async ({ server, first, page, context, javaScriptEnabled }, use) => {
    const key = await sessionKey(server);
    await context.addCookies([{ name: "jeton", value: key, url: server.url, httpOnly: true, sameSite: "Lax" }]);
    await use(new TokensPage(page, first.org.id, javaScriptEnabled ?? true));
  },

  expectRefusal: [
    async ({ context }, use) => {
      const complaints: string[] = [];
      const expected = new Set<number>();
      context.on("console", (message) => {
        if (message.type() === "error") complaints.push(message.text());
      });
      context.on("weberror", (failure) => complaints.push(String(failure.error())));
      await use((status) => void expected.add(status));
      const refusal = /^Failed to load resource: the server responded with a status of (\d+)/;
      const rest = complaints.filter((text) => !expected.has(Number(text.match(refusal)?.[1])));
      expect(rest, "the browser's console").toEqual([]);
    },
    { auto: true },
  ],
});

/** Waits until the script has taken over. */
export async function hydrated(page: Page): Promise<void> {
  // An expectation would describe the page each time it is not met yet, and keep it from getting there.
  await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
}

/** Waits for a notification. */
export async function says(page: Page, text: string, kind: "success" | "error" = "success"): Promise<void> {
  await expect(page.getByTestId(`notification-${kind}`).filter({ hasText: text }).last()).toBeVisible();
}

/** What the user copied. */
export function clipboard(page: Page): Promise<string> {
  return page.evaluate(() => navigator.clipboard.readText());
}

/** Signs in as a browser without script does, and keeps the key. */
export async function sessionKey(server: Server, user: { username: string; password: string } = alice): Promise<string> {
  const response = await server.api("/sign-in", {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({ username: user.username, password: user.password }),
  });
  const key = response.headers.get("set-cookie")?.match(/^jeton=([^;]+)/)?.[1];
  if (response.status !== 303 || !key) throw new Error(`sign-in answered ${response.status}: ${await response.text()}`);
  return key;
}

/** Fills the form of the sign-in page and sends it. */
export async function signIn(page: Page, password: string = alice.password, username: string = alice.username): Promise<void> {
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** What the API answers. */
export interface Answer {
  status: number;
  // biome-ignore lint: the shape is the test's to know
  body: any;
}

/** A permission as the API writes it. */
export interface Permission {
  action: "read" | "write";
  resource: { type: string; id?: string; orgID?: string };
}

/** The API, used with a token. */
export class Api {
  constructor(
    private readonly server: Server,
    private readonly token: string,
    private readonly org = "",
  ) {}

  /** The same server, with another token. */
  with(token: string): Api {
    return new Api(this.server, token, this.org);
  }

  async send(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await this.server.api(path, {
      method,
      headers: { Authorization: `Token ${this.token}`, "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text && response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text };
  }

  get(path: string): Promise<Answer> {
    return this.send("GET", path);
  }

  /** Creates something, and answers it. */
  async create(path: string, body: unknown): Promise<any> {
    const answer = await this.send("POST", path, body);
    expect(answer.status, `POST ${path}: ${JSON.stringify(answer.body)}`).toBe(201);
    return answer.body;
  }

  bucket(orgID: string, name: string): Promise<{ id: string; name: string }> {
    return this.create("/api/v2/buckets", { orgID, name, retentionRules: [] });
  }

  /** A token that may read tasks and the organization, unless told otherwise. */
  authorization(orgID: string, description: string, more: { permissions?: Permission[]; status?: string; userID?: string } = {}): Promise<{ id: string; token: string }> {
    const permissions = [
      { action: "read", resource: { type: "orgs", id: orgID } },
      { action: "read", resource: { type: "tasks", orgID } },
    ];
    return this.create("/api/v2/authorizations", { orgID, description, permissions, ...more });
  }

  /** What the token is answered when it reads its organization: 200, or 401 and 403 where it no longer works. */
  async status(): Promise<number> {
    return (await this.get(`/api/v2/orgs/${this.org}`)).status;
  }
}

/** The API Tokens page. */
export class TokensPage {
  readonly dialog: Locator;
  readonly header: Locator;
  readonly filter: Locator;

  constructor(
    readonly page: Page,
    private readonly org: string,
    private readonly scripted: boolean,
  ) {
    this.dialog = page.getByTestId("overlay--container");
    // Keys go to a dialog once it is seen.
    this.header = page.getByTestId("overlay--header").filter({ visible: true });
    this.filter = page.getByTestId("input-field--filter");
  }

  /** An address of the page: `""`, `"/generate/custom-api"`, `"?page=2"`. */
  address(rest = ""): string {
    return `/orgs/${this.org}/load-data/tokens${rest}`;
  }

  /** Opens it, and waits until it can be used. */
  async open(rest = ""): Promise<void> {
    await this.page.goto(this.address(rest));
    if (this.scripted) await hydrated(this.page);
  }

  row(description: string): Locator {
    return this.page.getByTestId(`token-card ${description}`);
  }

  /** Every row, in its order. */
  rows(): Locator {
    return this.page.getByTestId("resource-list").getByTestId(/^token-card /);
  }

  /** The descriptions, in the order of the rows. */
  names(): Locator {
    return this.page.getByTestId(/^token-name /);
  }

  /** Opens the menu of a row. */
  async menu(description: string): Promise<Locator> {
    await this.row(description).getByTestId("context-menu-token").click();
    return this.row(description).locator(".menu-panel");
  }

  /** The box for one action on something, as it is read aloud: `box("Read bucket telemetry")`. */
  box(name: string): Locator {
    return this.page.getByRole("checkbox", { name, exact: true });
  }

  /** The token that the dialog shows, once. */
  async newToken(): Promise<string> {
    await expect(this.header).toContainText(/You've successfully (created|cloned|rotated) an API Token/);
    const token = await this.page.getByTestId("code-snippet").innerText();
    expect(token).toMatch(/^jtn_[0-9A-Za-z]{49}$/);
    return token;
  }

  async saved(): Promise<void> {
    await this.page.getByTestId("saved-token--button").click();
  }
}

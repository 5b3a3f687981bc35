// What the tests of members and users share: their pages, with Alice signed in.

import type { Page } from "@playwright/test";
import { type Api, expect, hydrated, sessionKey, test as base } from "./console.ts";
import type { Server } from "./server.ts";

interface Fixtures {
  people: People;
}

export { expect };

export const test = base.extend<Fixtures>({
  people: async ({ tokens, page, first, api, server, javaScriptEnabled }, use) => {
    // Signs Alice in.
    expect(tokens).toBeDefined();
    await use(new People(page, first.org.id, api, server, javaScriptEnabled ?? true));
  },
});

/** The pages of members and of users. */
export class People {
  constructor(
    private readonly page: Page,
    readonly org: string,
    private readonly api: Api,
    private readonly server: Server,
    private readonly scripted: boolean,
  ) {}

  address(section: "members" | "users", rest = ""): string {
    return `/orgs/${this.org}/settings/${section}${rest}`;
  }

  async open(section: "members" | "users", rest = ""): Promise<void> {
    await this.page.goto(this.address(section, rest));
    if (this.scripted) await hydrated(this.page);
  }

  member(name: string) {
    return this.page.getByTestId(`member-card ${name}`);
  }

  user(name: string) {
    return this.page.getByTestId(`user-card ${name}`);
  }

  role(name: string) {
    return this.page.getByRole("combobox", { name: `Role of ${name}`, exact: true });
  }

  async menu(name: string) {
    await this.page.locator(`summary[aria-label="More actions for ${name}"]`).click();
    return this.page.locator("details.menu[open] .menu-panel");
  }

  /** A user with a password, and a role in the organization. */
  async create(name: string, role?: "owner" | "member"): Promise<string> {
    const { id } = await this.api.create("/api/v2/users", { name });
    expect((await this.api.send("POST", `/api/v2/users/${id}/password`, { password: "password2" })).status).toBe(204);
    if (role) await this.api.create(`/api/v2/orgs/${this.org}/${role}s`, { id });
    return id;
  }

  /** Signs someone else in, in Alice's place. */
  async signInAs(username: string): Promise<void> {
    const value = await sessionKey(this.server, { username, password: "password2" });
    await this.page.context().addCookies([{ name: "jeton", value, url: this.server.url, httpOnly: true, sameSite: "Lax" }]);
  }

  /** The names of an organization's owners or members. */
  async names(role: "owner" | "member"): Promise<string[]> {
    const users: { name: string }[] = (await this.api.get(`/api/v2/orgs/${this.org}/${role}s`)).body.users;
    return users.map((user) => user.name);
  }
}

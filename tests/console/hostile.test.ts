import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { objectClient } from "@sluice/wire/client/object-client.ts";
import { connectionTo } from "@sluice/wire/config/connection.ts";
import { presignUrl } from "@sluice/wire/sigv4/sign.ts";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launchChromium, newVisit, signIn, type Visit, whyNoChromium } from "./browser.fixture.ts";
import { shownPages } from "./shown-pages.ts";
import { type Stage, startStage } from "./stage.fixture.ts";

/** A name that leads to this machine, and is none of the server's. */
const FORGED_NAME = "console.attacker.example";
const HOSTS = 40;
/** Pages of what is not there, and the one that shows for ever what loading looks like. */
const NOT_VISITED: ReadonlySet<string> = new Set(["not-found", "deployment-unknown", "design", "palette"]);

describe.skipIf(whyNoChromium() !== null)("whoever wants to use the console in its reader's name", () => {
  const undo = new AsyncDisposableStack();
  let stage: Stage;
  let browser: Browser;
  let visit: Visit;

  beforeAll(async () => {
    stage = await startStage(undo, { hosts: HOSTS, isHostile: true });
    browser = await launchChromium(undo, [`--host-resolver-rules=MAP ${FORGED_NAME} 127.0.0.1`]);
    visit = await newVisit(browser);
    await signIn(visit, stage);
  });
  afterAll(() => undo.disposeAsync());

  it("writes scripts into every field, and they stand there as text on every page", async () => {
    const { deployments } = await stage.sluice.call("SearchDeployments", { text: "hasRun" });
    const deployment = `/-/deployments/${deployments[0]?.deploymentId}`;
    const { hosts } = await stage.sluice.call("ListHosts", {});
    const ids = hosts.filter(({ hostName }) => hostName.startsWith("hostile-")).map(({ hostId }) => hostId);
    const written = [
      ...["", "?tab=logs", "?tab=timeline", "?tab=settings"].map((search) => deployment + search),
      "/-/history?text=hasRun",
      "/-/hosts?text=hostile",
      ...ids.map((id) => `/-/hosts/${id}`),
      "/-/applications/billing/groups/worker",
    ];
    const others = (await shownPages({ ...stage, url: stage.server.url() })).filter(
      ({ isOutside, name }) => !isOutside && !NOT_VISITED.has(name),
    );
    let shown = 0;
    const paths = process.env.SLUICE_CONSOLE_PAGES === "all" ? others.map((each) => each.path) : [];
    for (const path of [...written, ...paths]) {
      await visit.page.goto(`${stage.server.url()}${path}`);
      await visit.page.getByRole("heading").first().waitFor();
      await visit.page.locator("[aria-label=Loading], [aria-busy=true]").first().waitFor({ state: "detached" });
      if ((await visit.page.locator("main").innerText()).includes("hasRun")) shown++;
      await visit.check();
    }
    // It is no proof that nothing ran where nothing was there.
    expect(shown).toBeGreaterThan(5);
  });

  describe("from a page of another port, to which the browser sends the cookie,", () => {
    let elsewhere: string;
    let attacker: Page;
    beforeAll(async () => {
      const page = createServer((_request, response) => {
        response.setHeader("content-type", "text/html");
        response.end("<!doctype html><title>A deployed application</title>");
      });
      await new Promise<void>((resolve) => page.listen(0, "127.0.0.1", resolve));
      undo.defer(() => new Promise((resolve) => page.close(() => resolve(undefined))));
      elsewhere = `http://127.0.0.1:${(page.address() as AddressInfo).port}/`;
    });
    beforeEach(async () => {
      attacker = await visit.context.newPage();
      await attacker.goto(elsewhere);
    });
    afterEach(() => attacker.close());

    const applications = async () => (await stage.codeDeploy.call("ListApplications", {})).applications ?? [];

    it("calls nothing by fetch, with or without a form's type, and reads nothing", async () => {
      const outcomes = await attacker.evaluate(async (endpoint) => {
        const target = "CodeDeploy_20141006.CreateApplication";
        const body = JSON.stringify({ applicationName: "by-attacker", computePlatform: "Server" });
        const tries: RequestInit[] = [
          { method: "POST", body, headers: { "x-amz-target": target, "content-type": "application/x-amz-json-1.1" } },
          { method: "POST", body, mode: "no-cors", headers: { "content-type": "text/plain" } },
          { method: "GET" },
        ];
        const paths = ["/-/api", "/-/session", "/-/events", "/"];
        const read: string[] = [];
        for (const path of paths) {
          for (const each of tries) {
            const answer = await fetch(endpoint + path, { ...each, credentials: "include" }).catch(() => undefined);
            if (answer && answer.type !== "opaque") read.push(`${each.method} ${path}: ${await answer.text()}`);
          }
        }
        return read;
      }, stage.server.url());
      expect(outcomes).toEqual([]);
      expect(await applications()).not.toContain("by-attacker");
    });

    it("calls nothing by a form", async () => {
      const answered = attacker.waitForResponse((response) => response.url().includes("/-/api"));
      await attacker.evaluate(`
        const form = document.createElement("form");
        Object.assign(form, { method: "POST", action: "${stage.server.url()}/-/api", enctype: "text/plain" });
        const field = document.createElement("input");
        field.name = '{"applicationName":"by-form","computePlatform":"Server","x":"';
        field.value = '"}';
        form.append(field);
        document.body.append(form);
        setTimeout(() => form.submit());
      `);
      expect((await answered).status()).toBe(403);
      expect(await applications()).not.toContain("by-form");
    });

    it("frames no page of it", async () => {
      await attacker.evaluate(`new Promise((resolve) => {
        const frame = document.createElement("iframe");
        frame.addEventListener("load", () => resolve());
        frame.src = "${stage.server.url()}/";
        document.body.append(frame);
      })`);
      const [frame] = attacker.frames().filter((each) => each.parentFrame() !== null);
      expect(frame?.url()).toBe("chrome-error://chromewebdata/");
    });

    it("holds no handle on a window that it opens, and reads nothing from its storage", async () => {
      const [popup] = await Promise.all([
        attacker.waitForEvent("popup"),
        attacker.evaluate(`void (globalThis.opened = window.open("${stage.server.url()}/"))`),
      ]);
      await popup.getByRole("heading").first().waitFor();
      expect(await attacker.evaluate("opened.closed")).toBe(true);
      expect(await attacker.evaluate("localStorage.length")).toBe(0);
      await popup.close();
    });
  });

  it("comes by a name that leads here and is not the server's", async () => {
    const page = await visit.context.newPage();
    const answer = await page.goto(`${stage.server.url().replace("127.0.0.1", FORGED_NAME)}/-/hosts`);
    expect(answer?.status()).toBe(421);
    expect(await page.content()).toContain("This server does not answer to the name");
    expect(await page.content()).not.toContain("<script");
    await page.close();
  });

  it("uploads a page, and it has no origin and runs nothing", async () => {
    const bytes = Buffer.from("<!doctype html><title>up</title><script>document.title = 'ran'</script>");
    const objects = objectClient(connectionTo(stage.connection, "s3"));
    undo.defer(() => objects.close());
    await objects.createBucket("uploads");
    await objects.putObject({ bucket: "uploads", key: "page.html", body: bytes, contentType: "text/html" });
    const page = await visit.context.newPage();
    await page.goto(
      presignUrl({
        method: "GET",
        url: `${stage.server.url()}/uploads/page.html`,
        region: stage.connection.region,
        service: "s3",
        credentials: stage.key,
        now: new Date(),
        expiresSeconds: 600,
      }),
    );
    expect(await page.title()).not.toBe("ran");
    expect(await page.evaluate("origin")).toBe("null");
    await page.close();
  });

  it("has copied cookie and storage, and the person signs out", async () => {
    const own = await newVisit(browser);
    await signIn(own, stage);
    const stolen = await browser.newContext({ storageState: await own.context.storageState() });
    const thief = await stolen.newPage();
    await thief.goto(`${stage.server.url()}/-/hosts`);
    await thief.getByRole("heading", { name: "Hosts" }).first().waitFor();
    await own.page.getByRole("button", { name: stage.key.accessKeyId }).click();
    await own.page.getByRole("menuitem", { name: "Sign out" }).click();
    await own.page.waitForURL("**/-/sign-in*");
    // The open page learns of it by itself, and a new one is let in no further.
    await thief.waitForURL("**/-/sign-in*");
    await thief.goto(`${stage.server.url()}/-/hosts`);
    await thief.waitForURL("**/-/sign-in*");
    await stolen.close();
    await own.close();
  });
});

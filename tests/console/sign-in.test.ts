import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RawCaller } from "../compat/raw-caller.fixture.ts";
import { newVisit, type Visit } from "./browser.fixture.ts";
import { type Console, startConsole, whyNoConsole } from "./console.fixture.ts";

const why = whyNoConsole();

interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

describe.skipIf(why !== null)(`who may see the console (${why ?? "in Chromium"})`, () => {
  const undo = new AsyncDisposableStack();
  let console: Console;

  beforeAll(async () => {
    console = await startConsole(undo);
  });
  afterAll(() => undo.disposeAsync());

  it("the link of `sluice console` works once, and the next one sees how to get in", async () => {
    const { url } = JSON.parse(await console.server.sluice("console", "--no-open", "--json")) as { url: string };
    const first = await stranger();
    await first.page.goto(url);
    await isOnOverview(first.page);
    // Nothing that is copied or kept in the history has the secret.
    expect(first.page.url()).toBe(`${console.server.url()}/`);
    await first.check();

    const second = await stranger();
    await second.page.goto(url);
    await second.page.getByText("The link did not work.").waitFor();
    await second.page.getByRole("heading", { name: "Sign in to Sluice" }).waitFor();
    await second.check();
    await Promise.all([first.close(), second.close()]);
  });

  it("a key that is wrong is told so; the right one comes to the page that was asked for; and goes out again", async () => {
    const visit = await stranger();
    const { page } = visit;
    const { accessKeyId, secretAccessKey } = new RawCaller(console.server);
    await page.goto(`${console.server.url()}/-/hosts?text=web`);
    await signInBy(page, { accessKeyId, secretAccessKey: `${secretAccessKey}x` });
    await page.getByRole("alert").first().waitFor();
    expect(new URL(page.url()).pathname).toBe("/-/sign-in");
    await signInBy(page, { accessKeyId, secretAccessKey });
    await page.getByRole("heading", { level: 1, name: "Hosts" }).waitFor();
    expect(page.url()).toBe(`${console.server.url()}/-/hosts?text=web`);

    await page.getByRole("button", { name: /^Account/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in to Sluice" }).waitFor();
    await page.goto(`${console.server.url()}/-/hosts`);
    await page.getByRole("heading", { name: "Sign in to Sluice" }).waitFor();
    await visit.check();
    await visit.close();
  });

  it("a key that may only read sees each action, and why it cannot have it; the server refuses it, too", async () => {
    const key = JSON.parse(await console.server.sluice("keys", "create", "--read-only", "--json")) as AccessKey;
    const visit = await stranger();
    const { page } = visit;
    await page.goto(`${console.server.url()}/-/access`);
    await signInBy(page, key);
    await page.getByRole("button", { name: /^Account.*Read only/ }).waitFor();
    await isUnavailable(page, "Create key", `The key ${key.accessKeyId} may not sluice:CreateAccessKey.`);
    await page.getByRole("link", { name: "Applications" }).first().click();
    await page.getByRole("heading", { level: 1, name: "Applications" }).waitFor();
    await isUnavailable(page, "Create application", `The key ${key.accessKeyId} may not codedeploy:CreateApplication.`);

    const refused = await page.evaluate(CREATE_APPLICATION);
    expect(refused).toEqual({ status: 400, code: "AccessDeniedException" });
    await visit.check();
    await visit.close();
  });

  function stranger(): Promise<Visit> {
    // The server says no, and the browser notes each of these answers.
    return newVisit(console.browser, { isExpected: (trouble) => /\b(400|401|403)\b/.test(trouble) });
  }
});

async function isOnOverview(page: Page): Promise<void> {
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
}

async function signInBy(page: Page, { accessKeyId, secretAccessKey }: AccessKey): Promise<void> {
  await page.getByRole("textbox", { name: "Access key ID" }).fill(accessKeyId);
  await page.getByLabel("Secret access key").fill(secretAccessKey);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** It is there, can have the focus and says why; and does nothing. */
async function isUnavailable(page: Page, name: string, reason: string): Promise<void> {
  const button = page.getByRole("button", { name, exact: true }).first();
  await expect.poll(() => button.getAttribute("aria-disabled")).toBe("true");
  await button.focus();
  // Also a press is answered by why: it is all that a finger has.
  await page.keyboard.press("Enter");
  await page.getByRole("tooltip").filter({ hasText: reason }).waitFor();
  expect(await page.getByRole("dialog").count()).toBe(0);
}

/** Runs in the page: a call as its own would be. */
const CREATE_APPLICATION = `fetch("/-/api", {
  method: "POST",
  headers: {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "CodeDeploy_20141006.CreateApplication",
    "x-sluice-session": localStorage.getItem("sluice.session"),
  },
  body: JSON.stringify({ applicationName: "mine" }),
}).then(async (answer) => ({ status: answer.status, code: (await answer.json()).__type }))`;

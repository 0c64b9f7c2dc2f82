import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium, newVisit, signIn, type Visit } from "./browser.fixture.ts";
import { whyNoConsole } from "./console.fixture.ts";
import { type ShownPage, shownPages } from "./shown-pages.ts";
import { type Stage, startStage } from "./stage.fixture.ts";

const why = whyNoConsole();
const DESIGN = "/-/design";
const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
/** `npm run prove -- console` looks at all of them. */
const LOOKS_AT_ALL = process.env.SLUICE_CONSOLE_PAGES === "all";
/** Between them they have every kind of thing that pages have: tables, forms, a grid, logs, a plot, the palette. */
const USUAL_PAGES: ReadonlySet<string> = new Set([
  "sign-in",
  "overview",
  "create-group",
  "hosts",
  "deployment-failed",
  "deployment-failed-logs",
  "deployment-canary-traffic",
  "palette",
]);
const USUAL_DIALOGS = 2;
/** What the other theme changes: the rest of the page is the same. */
const OF_COLOURS = ["color-contrast", "link-in-text-block"];
/** What a phone's width may change; each colour was looked at before. */
const OF_LAYOUT = ["target-size", "scrollable-region-focusable", "aria-hidden-focus", "button-name", "link-name"];

describe.skipIf(why !== null)(`the console for everybody (${why ?? "in Chromium"})`, () => {
  const undo = new AsyncDisposableStack();
  let stage: Stage;
  let visit: Visit;
  let outside: Visit;

  beforeAll(async () => {
    stage = await startStage(undo, { hosts: 12 });
    const browser = await launchChromium(undo);
    visit = await newVisit(browser, { isExpected: (trouble) => / 400 |status of 400/.test(trouble) });
    await signIn(visit, stage);
    outside = await newVisit(browser);
    await outside.page.goto(`${stage.server.url()}/-/sign-in`);
  });
  afterAll(() => undo.disposeAsync());

  // Two tests, since one that looks at all of them takes long on a busy machine.
  it("axe finds nothing on the pages of deployments, light and dark, wide and on a phone", () =>
    looksAtPages(({ name }) => name.startsWith("deployment")));

  it("axe finds nothing on the other pages", () => looksAtPages(({ name }) => !name.startsWith("deployment")));

  it("axe finds nothing in dialogs", async () => {
    const found: string[] = [];
    for (const { name, path, open } of dialogs(stage).slice(0, LOOKS_AT_ALL ? undefined : USUAL_DIALOGS)) {
      const { page } = visit;
      await go(page, path);
      await open(page);
      await page.getByRole("dialog").waitFor();
      found.push(...(await looks(visit, `dialog ${name}`)));
      await page.keyboard.press("Escape");
    }
    expect(found).toEqual([]);
  });

  async function looksAtPages(isMeant: (shown: ShownPage) => boolean): Promise<void> {
    const found: string[] = [];
    const all = (await shownPages({ ...stage, url: stage.server.url() })).filter(isMeant);
    const pages = LOOKS_AT_ALL ? all : all.filter(({ name }) => USUAL_PAGES.has(name));
    expect(pages.length).toBeGreaterThan(0);
    for (const shown of pages) found.push(...(await violationsOf(shown)));
    expect(found).toEqual([]);
    await visit.check();
  }

  async function violationsOf({ name, path, isOutside = false, act }: ShownPage): Promise<readonly string[]> {
    const seen = isOutside ? outside : visit;
    if (!isOutside) await go(seen.page, path);
    await act?.(seen.page);
    const found = await looks(seen, name);
    if (act) await seen.page.keyboard.press("Escape");
    return found;
  }

  async function go(page: Page, path: string): Promise<void> {
    await page.goto(stage.server.url() + path);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    // The page of the design shows for ever how loading looks.
    if (path !== DESIGN)
      await page.locator("[aria-label=Loading], [aria-busy=true]").first().waitFor({ state: "detached" });
  }
});

async function looks(visit: Visit, name: string): Promise<readonly string[]> {
  const { page } = visit;
  const found: string[] = [];
  const look = async (as: string, rules?: readonly string[]) => {
    await page.evaluate(STANDS_STILL);
    for (const each of await visit.accessibilityViolations(rules)) found.push(`${name}, ${as}: ${each}`);
  };
  await look("wide, light");
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await look("wide, dark", OF_COLOURS);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.setViewportSize(SIZES.phone);
  await look("phone", OF_LAYOUT);
  await page.setViewportSize(SIZES.wide);
  return found;
}

/**
 * Runs in the page: colours change step by step, and those on their way are nobody's. One that is inherited begins when the other has ended, so
 * nothing moves for two frames. What turns for ever is not waited for.
 */
const STANDS_STILL = `(async () => {
  for (let still = 0; still < 2; ) {
    const moving = document.getAnimations().filter(({ effect }) => Number.isFinite(effect.getComputedTiming().endTime));
    still = moving.length === 0 ? still + 1 : 0;
    await Promise.allSettled(moving.map(({ finished }) => finished));
    await new Promise(requestAnimationFrame);
  }
})()`;

interface ShownDialog {
  readonly name: string;
  readonly path: string;
  readonly open: (page: Page) => Promise<void>;
}

function dialogs({ deployments }: Stage): readonly ShownDialog[] {
  const press = (name: string | RegExp) => (page: Page) => page.getByRole("button", { name }).first().click();
  const choose = (opens: string, item: string) => async (page: Page) => {
    await press(opens)(page);
    await page.getByRole("menuitem", { name: item }).click();
  };
  return [
    { name: "create application", path: "/-/applications", open: press("Create application") },
    { name: "rename application", path: "/-/applications/checkout", open: choose("More of checkout", "Rename") },
    {
      name: "delete group",
      path: "/-/applications/checkout/groups/production",
      open: choose("More of production", "Delete"),
    },
    { name: "create configuration", path: "/-/configs", open: press(/^Create configuration/) },
    { name: "create key", path: "/-/access", open: press("Create key") },
    { name: "stop", path: `/-/deployments/${deployments.canary}`, open: press("Stop …") },
    { name: "roll back", path: `/-/deployments/${deployments.failed}`, open: press("Roll back …") },
    { name: "resume", path: `/-/deployments/${deployments.canary}`, open: press("Resume") },
  ];
}

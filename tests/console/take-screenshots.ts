import { mkdir } from "node:fs/promises";
import { join, matchesGlob, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { misuse, readCommandLine } from "../../scripts/command-line.ts";
import { launchChromium, newVisit, type Scheme, signIn, type Visit, type Width } from "./browser.fixture.ts";
import { type ShownPage, shownPages } from "./shown-pages.ts";
import { type Stage, startStage } from "./stage.fixture.ts";

/** Pictures of every page of the console at two widths, light and dark, with what looks wrong about them. */
const USAGE = `sh scripts/with-node.sh tests/console/take-screenshots.ts DIRECTORY [PAGE…] [--hosts N] [--stay]

Writes PAGE-WIDTH-SCHEME.png of every page, or of those named ('deployment-*'), and prints what looks wrong.
  --hosts N  of the largest group (default: 200)
  --stay     then takes those named on standard input, a line each, until it ends: for a page as one mends it (scripts/build-web.ts)`;
const { values: options, positionals } = readCommandLine(USAGE, {
  allowPositionals: true,
  options: { hosts: { type: "string", default: "200" }, stay: { type: "boolean", default: false } },
});
const [directory, ...named] = positionals;
if (directory === undefined) misuse("Give the directory for the pictures", USAGE);

const WIDTHS: readonly Width[] = [1440, 390];
const SCHEMES: readonly Scheme[] = ["light", "dark"];
/** A picture that is longer shows nothing more to anybody. */
const MAX_HEIGHT = 2600;
/** What has just opened is drawn. */
const SETTLES_MILLISECONDS = 600;

interface Viewer {
  readonly visit: Visit;
  readonly width: Width;
  readonly scheme: Scheme;
}

async function take({ visit, width, scheme }: Viewer, stage: Stage, shown: ShownPage): Promise<void> {
  const { page } = visit;
  const size = page.viewportSize()!;
  await page.goto(stage.server.url() + shown.path);
  await settle(page);
  const height = await page.evaluate("document.documentElement.scrollHeight");
  if (shown.act === undefined) {
    // Taller instead of scrolled, so that what sticks is where it belongs and lists draw all their rows.
    await page.setViewportSize({
      width: size.width,
      height: Math.min(Math.max(Number(height), size.height), MAX_HEIGHT),
    });
  } else await shown.act(page);
  await settle(page);
  const name = `${shown.name}-${width}-${scheme}`;
  await page.screenshot({ path: join(resolve(directory!), `${name}.png`) });
  for (const trouble of (await page.evaluate(LOOK)) as readonly string[]) console.log(`${name}: ${trouble}`);
  await page.setViewportSize(size);
}

/** Nothing is on its way any more. */
async function settle(page: Page): Promise<void> {
  await page.waitForFunction("document.querySelector('[aria-label=Loading], [aria-busy=true]') === null");
  await sleep(SETTLES_MILLISECONDS);
}

/** Runs in the page: what a person would stumble over. */
const LOOK = `(() => {
  const found = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) {
    const wide = [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > clientWidth + 1);
    const last = wide.at(-1);
    found.push("is " + (scrollWidth - clientWidth) + " px wider than the window: " + (last?.tagName ?? "") + " " + (last?.className ?? ""));
  }
  const text = document.body.innerText;
  for (const [iso] of text.matchAll(/\\b\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z?/g)) found.push("a raw date: " + iso);
  for (const [word] of text.matchAll(/\\bundefined\\b|\\bNaN\\b|\\[object \\w+\\]/g)) found.push("a value that is none: " + word);
  for (const each of document.querySelectorAll("h1, h2, h3, button, a, th")) {
    const isCut = each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflow === "hidden" && each.title === "";
    if (isCut) found.push("cut off: " + each.textContent.slice(0, 60));
  }
  return found;
})()`;

async function viewersOf(browser: Browser, stage: Stage): Promise<readonly Viewer[]> {
  const viewers: Viewer[] = [];
  for (const width of WIDTHS) {
    for (const scheme of SCHEMES) {
      const visit = await newVisit(browser, { width, scheme });
      await signIn(visit, stage);
      viewers.push({ visit, width, scheme });
    }
  }
  return viewers;
}

/** @param wanted names, `*` for any; empty: all */
async function takeAll(browser: Browser, viewers: readonly Viewer[], stage: Stage, wanted: readonly string[]) {
  const pages = await shownPages(stage);
  const isWanted = ({ name }: ShownPage) => wanted.length === 0 || wanted.some((pattern) => matchesGlob(name, pattern));
  for (const shown of pages.filter(isWanted)) {
    for (const viewer of viewers) {
      const begun = viewer.visit.troubles.length;
      try {
        if (!shown.isOutside) await take(viewer, stage, shown);
        else {
          const visit = await newVisit(browser, viewer);
          await take({ ...viewer, visit }, stage, shown);
          await visit.close();
        }
      } catch (error) {
        console.log(`${shown.name}-${viewer.width}-${viewer.scheme}: not taken: ${(error as Error).message}`);
      }
      for (const trouble of viewer.visit.troubles.slice(begun)) console.log(`${shown.name}: ${trouble}`);
    }
    console.log(`${shown.name} is taken`);
  }
}

await mkdir(resolve(directory), { recursive: true });
await using undo = new AsyncDisposableStack();
const stage = await startStage(undo, { hosts: Number(options.hosts), say: (text) => console.log(text) });
const browser = await launchChromium(undo);
const viewers = await viewersOf(browser, stage);
await takeAll(browser, viewers, stage, named);
if (options.stay) {
  console.log("Which pages again? A line for each time, '*' for all");
  for await (const line of createInterface({ input: process.stdin })) {
    await takeAll(
      browser,
      viewers,
      stage,
      line.split(/\s+/).filter((word) => word !== ""),
    );
    console.log("done");
  }
}

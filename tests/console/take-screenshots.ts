import { mkdir } from "node:fs/promises";
import { join, matchesGlob, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { misuse, readCommandLine } from "../../scripts/command-line.ts";
import { launchChromium, newVisit, type Scheme, signIn, type Visit, type Width } from "./browser.fixture.ts";
import { knownStage, type SeenStage, seenStage } from "./known-stage.fixture.ts";
import { type ShownPage, shownPages } from "./shown-pages.ts";
import { startStage } from "./stage.fixture.ts";

/** Pictures of every page of the console at two widths, light and dark, with what looks wrong about them. */
const USAGE = `sh scripts/with-node.sh tests/console/take-screenshots.ts DIRECTORY [PAGE…] [--hosts N | --data DIR]

Writes PAGE-WIDTH-SCHEME.png of every page, or of those named ('deployment-*'), and prints what looks wrong.
  --hosts N   of the largest group of the stage that is started (default: 200)
  --data DIR  of a stage that runs already (run-stage.ts): for a page as one mends it`;
const { values: options, positionals } = readCommandLine(USAGE, {
  allowPositionals: true,
  options: { hosts: { type: "string", default: "200" }, data: { type: "string" } },
});
const [directory, ...named] = positionals;
if (directory === undefined) misuse("Give the directory for the pictures", USAGE);

const WIDTHS: readonly Width[] = [1440, 390];
const SCHEMES: readonly Scheme[] = ["light", "dark"];
/** A picture that is longer shows nothing more to anybody. */
const MAX_HEIGHT = 2600;
/** What has just opened is drawn. */
const SETTLES_MILLISECONDS = 600;
const LOOKS_EVERY_MILLISECONDS = 100;
/** Half a minute: the machine may be busy. */
const MAX_LOOKS = 300;

interface Viewer {
  readonly visit: Visit;
  readonly width: Width;
  readonly scheme: Scheme;
}

async function take({ visit, width, scheme }: Viewer, stage: SeenStage, shown: ShownPage): Promise<void> {
  const { page } = visit;
  const size = page.viewportSize()!;
  await page.goto(stage.url + shown.path);
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

/** Nothing is on its way any more, or it never comes. */
async function settle(page: Page): Promise<void> {
  // Looked for from outside: the page's policy lets no condition of ours in.
  const loading = page.locator("[aria-label=Loading], [aria-busy=true]");
  for (let looks = 0; (await loading.count()) > 0; looks++) {
    if (looks === MAX_LOOKS) return console.log(`${page.url()} still loads`);
    await sleep(LOOKS_EVERY_MILLISECONDS);
  }
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

async function viewersOf(browser: Browser, stage: SeenStage): Promise<readonly Viewer[]> {
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
async function takeAll(browser: Browser, viewers: readonly Viewer[], stage: SeenStage, wanted: readonly string[]) {
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
const stage =
  options.data === undefined
    ? seenStage(await startStage(undo, { hosts: Number(options.hosts), say: (text) => console.log(text) }))
    : await knownStage(undo, options.data);
const browser = await launchChromium(undo);
await takeAll(browser, await viewersOf(browser, stage), stage, named);

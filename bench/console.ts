import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, CDPSession, Page } from "playwright-core";
import { launchChromium, newVisit, type Visit, whyNoChromium } from "../tests/console/browser.fixture.ts";
import type { BenchContext, Figure, Measured } from "./figure.ts";
import { createDeployment, joinSimulatedHosts } from "./installation.ts";
import { type RunningServer, startServer } from "./sluice-process.ts";
import { median, worst } from "./statistics.ts";
import { writeTrivialRevision } from "./trivial-revision.ts";

const HOSTS = 1_000;
/** A hundred hosts at work, each event 1.5 s long: each makes about three events of the stream, so that they are 200 a second. */
const HOSTS_AT_WORK = 100;
const EVENT_MILLISECONDS = 1_500;
const LINES_PER_EVENT = 2;
const CONFIG = "bench-a-hundred-at-a-time";
const LOADS = 10;
const WATCHED_MINUTES = 30;
const MINUTE_MILLISECONDS = 60_000;
const SAMPLE_MILLISECONDS = 1_000;
const LOOK_AGAIN_MILLISECONDS = 50;

const FIRST_PAINT_GOAL_MILLISECONDS = 1_000;
const JAVASCRIPT_GOAL_KILOBYTES = 250;
const LONG_TASK_GOAL_MILLISECONDS = 100;
const HEAP_GROWTH_GOAL_TIMES = 1.1;

/** A server with a thousand hosts, and a browser that is signed in. */
interface Scene {
  readonly server: RunningServer;
  readonly browser: Browser;
  readonly visit: Visit;
}

async function set(undo: AsyncDisposableStack, { release, folder, say }: BenchContext): Promise<Scene> {
  const revision = join(folder, "revision");
  writeTrivialRevision(revision, join(folder, "destination"));
  const server = await startServer(release, folder);
  undo.defer(() => server.close());
  const hosts = await joinSimulatedHosts(server, revision, HOSTS, {
    eventMilliseconds: EVENT_MILLISECONDS,
    linesPerEvent: LINES_PER_EVENT,
  });
  undo.defer(() => hosts.close());
  await server.codeDeploy.call("CreateDeploymentConfig", {
    deploymentConfigName: CONFIG,
    minimumHealthyHosts: { type: "HOST_COUNT", value: HOSTS - HOSTS_AT_WORK },
  });
  say(`${HOSTS} hosts enrolled and polling`);
  const browser = await launchChromium(undo);
  const visit = await newVisit(browser);
  const { path } = await server.sluice.call("CreateConsoleLink", {});
  await visit.page.goto(`${server.url}${path}`);
  await overviewIsThere(visit.page);
  return { server, browser, visit };
}

/** What the overview is for is on the page, not its frame alone. */
function overviewIsThere(page: Page): Promise<void> {
  return page.getByRole("heading", { name: "Applications and groups" }).waitFor();
}

/** Runs in the page before its own scripts: notes when the overview's table has its first row, as painted. */
const NOTE_FIRST_PAINT = `
new MutationObserver((_, observer) => {
  if (!document.querySelector("main table tbody tr, main [role=grid] [role=row] a")) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => { globalThis.usefulPaint = performance.now(); }));
}).observe(document, { childList: true, subtree: true });
`;

interface Load {
  readonly milliseconds: number;
  readonly kilobytes: number;
}

/** Opens the overview with nothing in the browser's cache. */
async function load({ visit: { page }, server }: Scene, session: CDPSession): Promise<Load> {
  await session.send("Network.clearBrowserCache");
  await page.goto(`${server.url}/`);
  // The page's policy lets the driver wait for no function of its own.
  while (!(await page.evaluate(() => "usefulPaint" in globalThis))) await sleep(LOOK_AGAIN_MILLISECONDS);
  return await page.evaluate(() => {
    const scripts = performance.getEntriesByType("resource") as unknown as { name: string; encodedBodySize: number }[];
    const bytes = scripts.filter(({ name }) => name.endsWith(".js")).map(({ encodedBodySize }) => encodedBodySize);
    const { usefulPaint } = globalThis as unknown as { usefulPaint: number };
    return { milliseconds: usefulPaint, kilobytes: bytes.reduce((sum, each) => sum + each, 0) / 1_000 };
  });
}

/** A page without anything, of the same server in the same browser. */
async function loadNothing({ visit: { page }, server }: Scene): Promise<number> {
  await page.goto(`${server.url}/healthz`);
  return await page.evaluate(() => {
    const [paint] = performance.getEntriesByName("first-contentful-paint");
    return paint?.startTime ?? performance.now();
  });
}

interface Watched {
  readonly events: number;
  readonly seconds: number;
  readonly longTasks: readonly number[];
}

/** Watches a whole deployment on its page, its grid in view. */
async function watch({ visit, server }: Scene): Promise<Watched> {
  const deploymentId = await createDeployment(server, CONFIG);
  await visit.page.goto(`${server.url}/-/deployments/${deploymentId}`);
  await visit.page.getByRole("row").nth(5).waitFor();
  const begun = performance.now();
  const before = (await visit.longTasks()).length;
  for (;;) {
    await sleep(SAMPLE_MILLISECONDS);
    const { deploymentInfo } = await server.codeDeploy.call("GetDeployment", { deploymentId });
    if (deploymentInfo?.status === "Succeeded") break;
    if (deploymentInfo?.completeTime) throw new Error(`${deploymentId} is ${deploymentInfo.status}`);
  }
  const seconds = (performance.now() - begun) / 1_000;
  await visit.page.getByText("Succeeded", { exact: true }).first().waitFor();
  const longTasks = (await visit.longTasks()).slice(before).map(({ milliseconds }) => milliseconds);
  return { events: EVENTS_OF_A_HOST * HOSTS, seconds, longTasks };
}

/** Offered, started and succeeded of seven lifecycle events, and the target's end. */
const EVENTS_OF_A_HOST = 7 * 3 + 1;

/** With what nobody holds collected. */
async function heapMegabytes(session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize / 1e6;
}

async function withScene<T>(context: BenchContext, measure: (scene: Scene) => Promise<T>): Promise<T | undefined> {
  const whyNot = whyNoChromium();
  if (whyNot !== null) {
    context.say(`not measured: ${whyNot}`);
    return undefined;
  }
  await using undo = new AsyncDisposableStack();
  return await measure(await set(undo, context));
}

export const consoleLoad: Figure = {
  name: "console",
  title: "the console in Chromium: first useful paint, JavaScript, watching 1,000 targets",
  async measure(context) {
    const measured = await withScene(context, async (scene) => {
      const session = await scene.visit.context.newCDPSession(scene.visit.page);
      await scene.visit.context.addInitScript(NOTE_FIRST_PAINT);
      const loads: Load[] = [];
      const bare: number[] = [];
      for (let round = 0; round < (context.repetitions ?? LOADS); round++) {
        loads.push(await load(scene, session));
        bare.push(await loadNothing(scene));
      }
      const watched = await watch(scene);
      return { loads, bare, watched };
    });
    return measured ? told(measured) : [];
  },
};

function told({ loads, bare, watched }: { loads: Load[]; bare: number[]; watched: Watched }): Measured[] {
  const paints = loads.map(({ milliseconds }) => milliseconds);
  const { events, seconds, longTasks } = watched;
  return [
    {
      figure: "console, first useful paint of the overview on loopback, nothing cached",
      unit: "ms",
      reached: median(paints),
      detail: `median of ${paints.length}; worst ${worst(paints).toFixed(0)}; until the first row of the table is painted, ${HOSTS} hosts enrolled`,
      goal: { value: FIRST_PAINT_GOAL_MILLISECONDS },
      reference: `${median(bare).toFixed(0)} ms for /healthz in the same browser`,
    },
    {
      figure: "console, JavaScript of the first load, compressed",
      unit: "KB",
      reached: worst(loads.map(({ kilobytes }) => kilobytes)),
      detail: "as it comes over the wire, all files that the overview loads",
      goal: { value: JAVASCRIPT_GOAL_KILOBYTES },
      reference: "none",
    },
    {
      figure: `console, longest task while ${HOSTS} targets are watched`,
      unit: "ms",
      reached: Math.max(0, ...longTasks),
      detail: `${longTasks.length} tasks over 50 ms in ${seconds.toFixed(0)} s; ${(events / seconds).toFixed(0)} events/s on average; 0: none over 50 ms`,
      goal: { value: LONG_TASK_GOAL_MILLISECONDS },
      reference: "none",
    },
  ];
}

export const consoleMemory: Figure = {
  name: "console-memory",
  title: `the console's memory while it watches deployments to 1,000 targets for ${WATCHED_MINUTES} minutes`,
  async measure(context) {
    const samples = await withScene(context, async (scene) => {
      const { visit, server } = scene;
      const session = await visit.context.newCDPSession(visit.page);
      const heaps: number[] = [];
      const until = performance.now() + (context.repetitions ?? WATCHED_MINUTES) * MINUTE_MILLISECONDS;
      // One page all the time: whatever it keeps of a deployment that is over would add up.
      await visit.page.goto(`${server.url}/-/deployments/${await createDeployment(server, CONFIG)}`);
      while (performance.now() < until) {
        await visit.page.getByText("Succeeded", { exact: true }).first().waitFor({ timeout: 0 });
        await visit.page.getByRole("link", { name: "Overview" }).click();
        await overviewIsThere(visit.page);
        heaps.push(await heapMegabytes(session));
        context.say(`${heaps.at(-1)?.toFixed(1)} MB after ${heaps.length} deployments`);
        const next = await createDeployment(server, CONFIG);
        await visit.page.locator(`a[href*="${next}"]`).first().click();
        await visit.page.getByRole("row").nth(5).waitFor();
      }
      return heaps;
    });
    if (!samples) return [];
    const third = Math.ceil(samples.length / 3);
    const [early, late] = [median(samples.slice(0, third)), median(samples.slice(-third))];
    return [
      {
        figure: `console, heap of the last third of ${context.repetitions ?? WATCHED_MINUTES} minutes of watching, against the first`,
        unit: "times",
        reached: late / early,
        detail: `${early.toFixed(1)} MB, then ${late.toFixed(1)} MB, after a collection; ${samples.length} deployments to ${HOSTS} targets on one page`,
        goal: { value: HEAP_GROWTH_GOAL_TIMES },
        reference: `${samples[0]?.toFixed(1)} MB after the first deployment`,
      },
    ];
  },
};

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import type { Stage } from "./stage.fixture.ts";

const CHROMIUM = "/usr/bin/chromium";
/** Only ends what hangs: the machine may be busy. */
const TIMEOUT_MILLISECONDS = 120_000;

/** Why pages cannot be opened here, or null. */
export function whyNoChromium(): string | null {
  return existsSync(CHROMIUM) ? null : `${CHROMIUM} is not there (Debian: chromium)`;
}

const ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"];

/** @param more arguments beside the usual ones */
export async function launchChromium(undo: AsyncDisposableStack, more: readonly string[] = []): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [...ARGUMENTS, ...more],
    timeout: TIMEOUT_MILLISECONDS,
  });
  undo.defer(() => browser.close());
  return browser;
}

export type Width = 1440 | 390;
export type Scheme = "light" | "dark";
export interface VisitOptions {
  readonly width?: Width | undefined;
  readonly scheme?: Scheme | undefined;
  /** Of the viewer; Europe/Berlin when absent. */
  readonly timeZone?: string | undefined;
  /** Troubles that are meant to be: a server that is away. */
  readonly isExpected?: ((trouble: string) => boolean) | undefined;
}

/** A task of the page's one thread that took longer than 50 ms, as the browser counts them. */
export interface LongTask {
  readonly milliseconds: number;
  /** Since the page began to load. */
  readonly at: number;
}

/** A person at the console: a browser's profile of their own, with one page. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the console and of scripts, violations of the page's policy, requests that failed. */
  readonly troubles: readonly string[];
  /** Throws when there are troubles that nobody expected, or a hostile string has come to run. */
  check(): Promise<void>;
  /** Since the page was loaded last. */
  longTasks(): Promise<readonly LongTask[]>;
  /** What axe finds wrong with the page as it is, an entry each: rule, element, how to mend it. Without rules: by all of them. */
  accessibilityViolations(rules?: readonly string[]): Promise<readonly string[]>;
  close(): Promise<void>;
}

const HEIGHTS: Readonly<Record<Width, number>> = { 1440: 900, 390: 844 };

export async function newVisit(browser: Browser, options: VisitOptions = {}): Promise<Visit> {
  const { width = 1440, scheme = "light", timeZone = "Europe/Berlin", isExpected = () => false } = options;
  const context = await browser.newContext({
    viewport: { width, height: HEIGHTS[width] },
    deviceScaleFactor: width === 390 ? 2 : 1,
    isMobile: width === 390,
    hasTouch: width === 390,
    colorScheme: scheme,
    timezoneId: timeZone,
    locale: "en-GB",
    // A page that still moves is not to be compared, and nobody waits for it.
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  context.setDefaultTimeout(TIMEOUT_MILLISECONDS);
  await context.addInitScript(WATCH);
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") troubles.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => void troubles.push(`script: ${error.stack ?? error.message}`));
  page.on("requestfailed", (request) => {
    // A page that is left breaks off its own stream and questions.
    const reason = request.failure()?.errorText ?? "";
    if (reason !== "net::ERR_ABORTED") troubles.push(`request: ${request.method()} ${request.url()}: ${reason}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) troubles.push(`answer: ${response.status()} of ${response.url()}`);
  });
  const violations = () => page.evaluate(() => (globalThis as unknown as Watched).policyViolations);
  return {
    page,
    context,
    troubles,
    async check() {
      const found = [...troubles, ...(await violations())].filter((trouble) => !isExpected(trouble));
      const hasRun = await page.evaluate(() => (globalThis as unknown as Watched).hasRun);
      if (hasRun !== undefined) found.push(`a hostile string has run: ${hasRun}`);
      if (found.length > 0) throw new Error(`${page.url()}:\n${found.join("\n")}`);
    },
    longTasks: () => page.evaluate(() => (globalThis as unknown as Watched).longTasks),
    accessibilityViolations: (rules) => accessibilityViolationsOf(page, rules),
    close: () => context.close(),
  };
}

/** Opens the console by a link that works once, and returns when it shows the overview. */
export async function signIn(visit: Visit, stage: Pick<Stage, "link">): Promise<void> {
  await visit.page.goto(await stage.link());
  // On a phone the navigation is behind a button.
  await visit.page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
}

/** What {@link WATCH} leaves in the page. */
interface Watched {
  readonly longTasks: readonly LongTask[];
  readonly policyViolations: readonly string[];
  readonly hasRun?: unknown;
}

/** Runs in the page before its own scripts. */
const WATCH = `
globalThis.longTasks = [];
globalThis.policyViolations = [];
new PerformanceObserver((list) => {
  for (const { duration, startTime } of list.getEntries()) longTasks.push({ milliseconds: duration, at: startTime });
}).observe({ type: "longtask", buffered: true });
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) => {
  policyViolations.push("policy: " + violatedDirective + " " + blockedURI + " " + sample);
});
`;

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
  }[];
}

let axeSource: Promise<string> | undefined;

async function accessibilityViolationsOf(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  axeSource ??= readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  // The debugger's evaluation is not under the page's policy, which lets no script in by itself.
  if (!(await page.evaluate("'axe' in globalThis"))) await page.evaluate(await axeSource);
  const options = { resultTypes: ["violations"], ...(rules && { runOnly: rules }) };
  const { violations } = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as AxeResult;
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary = "" }) => `${id} (${help}) at ${target.join(" ")}: ${failureSummary}`),
  );
}

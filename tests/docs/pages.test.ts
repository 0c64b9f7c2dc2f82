import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { awsCliOnPath } from "@sluice/cli/aws/aws-cli.ts";
import { whyNoNamespaces } from "@sluice/cli/up/isolation/namespace.ts";
import { afterAll, describe, expect, it } from "vitest";
import { whyNoDockerEngine } from "../containers/docker-engine.fixture.ts";
import { startEngineIn } from "../containers/world-engine.fixture.ts";
import { hasBoto3, whyNoAwsCli } from "../installation/installed-programs.fixture.ts";
import { commandsOf, forOrdinaryUser, isRootOnly, type Step, stepsOf } from "./paste/page.fixture.ts";
import { isInstalled, type User, World, whyNoPasting } from "./paste/paste-world.fixture.ts";
import { Terminal } from "./paste/terminal.fixture.ts";

/**
 * The commands of README and guides, pasted into a shell at a terminal, one after the other, in a fresh clone on a machine of its own: as root, and
 * as an ordinary user. Every one has to exit with 0. What is not plain from a page stands in it as a directive: see paste/page.fixture.ts. A reader takes
 * ids and tokens from what was printed before, so here
 * - `d-XXXXXXXXX` is the deployment's id that was shown last,
 * - what asks for an enrolment token gets the one that was shown last,
 * - and an ordinary user goes by `# not root:`.
 */
const ROOT = resolve(import.meta.dirname, "../..");

/** Pages that go on where the one before ended, in one world. */
const JOURNEYS: readonly (readonly string[])[] = [
  ["README.md", "docs/guides/console.md"],
  [
    "docs/guides/getting-started.md",
    "docs/guides/from-codedeploy.md",
    "docs/guides/pipelines.md",
    "docs/guides/access.md",
    "docs/guides/backup-and-upgrade.md",
    // Other machines than this one: tests/release and tests/compat/aws-agent do what they say.
    "docs/guides/operations.md",
    "docs/guides/install.md",
    "docs/guides/aws-agent.md",
  ],
  ["docs/guides/rollouts.md"],
  ["docs/guides/containers.md"],
  ["docs/guides/functions.md"],
];

/** Blocks that cannot be done on one machine without a registry, page by page. More needs a reason, in the page. */
const MAX_EXCEPTIONS: Readonly<Record<string, number>> = {
  "README.md": 2,
  "docs/guides/console.md": 0,
  "docs/guides/getting-started.md": 2,
  "docs/guides/from-codedeploy.md": 1,
  "docs/guides/pipelines.md": 0,
  "docs/guides/access.md": 0,
  "docs/guides/backup-and-upgrade.md": 1,
  "docs/guides/operations.md": 1,
  "docs/guides/install.md": 11,
  "docs/guides/aws-agent.md": 5,
  "docs/guides/rollouts.md": 2,
  "docs/guides/containers.md": 2,
  "docs/guides/functions.md": 1,
};

/**
 * Where an ordinary user's reading breaks off, to go on with the cleaning up: what comes between is the same for every user from there on, and is
 * read by root. `npm run prove` reads it as both.
 */
const SHORTENED: Readonly<Record<string, { readonly from: string; readonly to: string }>> = {
  "docs/guides/functions.md": { from: "## 6. Checks before and after the traffic moves", to: "## 10. Clean up" },
};
const READS_ALL = process.env.SLUICE_PAGES === "all";

/** What an ordinary user reads in CI: where a user's rights matter most. `npm run prove` reads all as both. */
const ORDINARY_JOURNEYS = 1;
const isOrdinarysInCi = (index: number) => READS_ALL || index < ORDINARY_JOURNEYS;

/** Only ends what hangs. */
const HANGS_AFTER_MILLISECONDS = 600_000;

const DEPLOYMENT_ID = /\bd-[A-Z0-9]{9}\b/g;
const TOKEN = /\bslt_[\w.-]+/g;
const TOKEN_PROMPT = /Enrolment token [^\n]*\n?$/;

const read = (page: string) => readFileSync(resolve(ROOT, page), "utf8");
const obstacle = (await whyNoNamespaces()) ?? whyNoPasting() ?? whyNoAwsCli() ?? undefined;
const cli = await awsCliOnPath(process.env.PATH);
/** README is for everybody's AWS CLI; the guides say which version they need. */
const ANY_CLI = "README.md";

class Reader {
  readonly #world: World;
  readonly #user: User;
  readonly #terminals = new Map<string, Terminal>();

  constructor(world: World, user: User) {
    this.#world = world;
    this.#user = user;
  }

  async read(page: string): Promise<void> {
    // A page is read in a new terminal; those that it names stay from the page before.
    const own = `the one of ${page}`;
    for (const step of stepsOf(page, read(page))) {
      if (step.exception !== undefined || this.#isLeftOut(step)) continue;
      if (step.kind === "file")
        await this.#world.write(step.path ?? "", `${step.lines.map((line) => this.#asUser(line)).join("\n")}\n`);
      else await this.#do(step, own);
    }
  }

  close(): void {
    for (const terminal of this.#terminals.values()) terminal.close();
  }

  async #do(step: Step, own: string): Promise<void> {
    if (step.interruptBefore !== undefined) await (await this.#terminal(step.interruptBefore)).interrupt();
    const terminal = await this.#terminal(step.terminal ?? own);
    const commands = commandsOf(step);
    for (const [index, { text, line }] of commands.entries()) {
      const command = this.#readerOf(text);
      const isLast = index === commands.length - 1;
      const { status, output } =
        isLast && step.interruptAt !== undefined
          ? await terminal.runUntil(command, step.interruptAt)
          : isLast && step.terminal !== undefined && !/ enroll /.test(command)
            ? await terminal.start(command)
            : await terminal.run(command, (shown) => (TOKEN_PROMPT.test(shown) ? this.#lastShown(TOKEN) : undefined));
      expect(status, `${step.page}:${line}: ${command}\n${output}`).toBe(0);
    }
  }

  #isLeftOut({ page, line }: Step): boolean {
    const shortened = SHORTENED[page];
    if (this.#user === "root" || READS_ALL || shortened === undefined) return false;
    const lines = read(page).split("\n");
    const [from, to] = [lines.indexOf(shortened.from), lines.indexOf(shortened.to)];
    if (from < 0 || to < from) throw new Error(`${page} has no "${shortened.from}" before "${shortened.to}"`);
    return line > from && line <= to;
  }

  #readerOf(text: string): string {
    return this.#asUser(text).replaceAll("d-XXXXXXXXX", () => this.#lastShown(DEPLOYMENT_ID));
  }

  #asUser(text: string): string {
    return this.#user === "root" ? text : forOrdinaryUser(text);
  }

  #lastShown(pattern: RegExp): string {
    const found = [...this.#terminals.values()].flatMap(({ shown }) => [...shown.matchAll(pattern)]);
    const last = found.at(-1)?.[0];
    if (last === undefined) throw new Error(`nothing was shown that is ${pattern}`);
    return last;
  }

  async #terminal(name: string): Promise<Terminal> {
    const known = this.#terminals.get(name);
    if (known !== undefined) {
      // The one that was used last is the one whose output counts.
      this.#terminals.delete(name);
      this.#terminals.set(name, known);
      return known;
    }
    const terminal = await Terminal.open(this.#world.enter, this.#world.environment);
    this.#terminals.set(name, terminal);
    return terminal;
  }
}

it("every guide is on a journey", () => {
  expect(JOURNEYS.flat().sort()).toEqual(["README.md", ...globSync("docs/guides/*.md", { cwd: ROOT })].sort());
});

describe.concurrent("pasted", { timeout: HANGS_AFTER_MILLISECONDS }, () => {
  for (const user of ["root", "ordinary"] satisfies User[]) {
    for (const pages of JOURNEYS.filter(
      (journey, index) =>
        user === "root" || (isOrdinarysInCi(index) && !journey.some((page) => isRootOnly(read(page)))),
    )) {
      it(`as ${user} user: ${pages.join(", ")}`, async (context) => {
        const isForAnyCli = pages.includes(ANY_CLI);
        context.skip(obstacle !== undefined, obstacle);
        context.skip(!isForAnyCli && !cli?.readsEndpoints, `the AWS CLI on the PATH is ${cli?.version}, and too old`);
        const needsEngine = pages.some((page) => /driver: docker\b/.test(read(page)));
        const noEngine = needsEngine ? whyNoDockerEngine() : null;
        context.skip(noEngine !== null, noEngine ?? "");
        for (const program of ["haproxy", "zip"]) {
          const isNeeded = pages.some((page) => new RegExp(`^${program} |driver: ${program}\\b`, "m").test(read(page)));
          context.skip(isNeeded && !isInstalled(program), `${program} is not installed: apt-get install ${program}`);
        }
        const needsBoto3 = pages.some((page) => /python3-boto3/.test(read(page)));
        context.skip(needsBoto3 && !hasBoto3(), "python3 has no boto3: pip install boto3");
        const world = await World.open(user, { debianCliFirst: isForAnyCli && user === "ordinary" });
        const reader = new Reader(world, user);
        const engine = needsEngine ? await startEngineIn(world) : undefined;
        try {
          for (const page of pages) await reader.read(page);
        } finally {
          reader.close();
          await engine?.stop();
          await world.close();
        }
      });
    }
  }
});

it.each(JOURNEYS.flat())("few blocks of %s are excepted, each for a reason", (page) => {
  const excepted = stepsOf(page, read(page)).filter(({ exception }) => exception !== undefined);
  for (const { line, exception } of excepted) console.log(`${page}:${line} is not pasted: ${exception}`);
  expect(excepted.length).toBeLessThanOrEqual(MAX_EXCEPTIONS[page] ?? 0);
});

afterAll(() => {
  for (const page of JOURNEYS.flat()) if (isRootOnly(read(page))) console.log(`${page} is for root only, as it says`);
});

import { whyNoNamespaces } from "@sluice/cli/up/isolation/namespace.ts";
import { describe, expect, it } from "vitest";
import { whyNoDockerEngine } from "../containers/docker-engine.fixture.ts";
import { startEngineIn } from "../containers/world-engine.fixture.ts";
import { isInstalled, type User, World, whyNoPasting } from "../docs/paste/paste-world.fixture.ts";
import { Terminal } from "../docs/paste/terminal.fixture.ts";
import { until } from "../installation/until.fixture.ts";

/** `npm run demo` without what npm and the build do before it, in a fresh clone on a machine of its own. */
const DEMO = "node_modules/.bin/node scripts/demo.ts";
/** Only ends what hangs. */
const HANGS_AFTER_MILLISECONDS = 600_000;
const GREEN = "\u001b[32m";

const obstacle =
  (await whyNoNamespaces()) ?? whyNoPasting() ?? (isInstalled("curl") ? undefined : "curl is not installed");

const noEngine =
  obstacle ??
  whyNoDockerEngine() ??
  (isInstalled("haproxy") ? undefined : "haproxy is not installed: apt-get install haproxy");

async function inWorld(user: User, body: (world: World, terminal: Terminal) => Promise<void>): Promise<void> {
  const world = await World.open(user, { debianCliFirst: false });
  try {
    await body(world, await Terminal.open(world.enter, world.environment));
  } finally {
    await world.close();
  }
}

/** What of the demo is still there: its processes and its directory. */
async function leftIn(world: World): Promise<string[]> {
  const processes = await world.run(["ps", "-e", "-o", "args="]);
  const directories = await world.run(["find", `${world.clone}/.sluice`, "-mindepth", "1", "-maxdepth", "1"]);
  const links = await world.run(["ip", "-oneline", "link"]);
  return [
    ...processes.split("\n").filter((line) => /demo\.ts|sluice|server\.mjs|haproxy|node-runtime/.test(line)),
    ...directories.split("\n").filter((line) => line !== ""),
    ...links.split("\n").filter((line) => line.includes(": sluice")),
  ];
}

/** Containers, images and networks that were not there when the engine was new. */
async function leftInEngine(world: World): Promise<string[]> {
  const ask = async (path: string) => {
    const words = ["curl", "--silent", "--fail", "--unix-socket", "/run/docker.sock", `http://docker${path}`];
    return JSON.parse(await world.run(words)) as readonly { readonly Id: string; readonly Name?: string }[];
  };
  const networks = (await ask("/networks")).filter(({ Name }) => !["host", "none"].includes(Name ?? ""));
  const others = [...(await ask("/containers/json?all=1")), ...(await ask("/images/json?all=1")), ...networks];
  return others.map((each) => JSON.stringify(each));
}

describe.concurrent("the demo", { timeout: HANGS_AFTER_MILLISECONDS }, () => {
  it.for<User>(["root", "ordinary"])(
    "shows the live view, and a rollback by itself, as %s user",
    async (user, context) => {
      context.skip(obstacle !== undefined, obstacle);
      await inWorld(user, async (world, terminal) => {
        const { status, output } = await terminal.run(`${DEMO} --once`, () => undefined);
        expect(status, output).toBe(0);
        expect(output).toContain(GREEN);
        expect(output).toMatch(
          /\$ sluice console --no-open\s+http:\/\/127\.0\.0\.1:\d+\/#link=\S+[\s\S]*bin\/sluice console --data \.sluice\/demo-\w+\/data[\s\S]*A revision that works/,
        );
        expect(output).toMatch(
          /Automatic rollback is triggered[\s\S]*The old revision answers again: (d-\w+) has deployed it[\s\S]*\$ curl [\s\S]*"deployment":"\1"/,
        );
        expect(output).toMatch(
          /version 1 100 %[\s\S]*version 1: 200 of 200[\s\S]*version 1 90 %, version 2 10 %[\s\S]*sluice shift next d-\w+[\s\S]*version 2 100 %[\s\S]*failed in AfterAllowTraffic[\s\S]*version 2 100 %[\s\S]*version 2: 200 of 200/,
        );
        expect(output.includes('has "isolation: none"')).toBe(user === "ordinary");
        expect(output).toMatch(
          /Containers are not shown: no Docker Engine answers \(\/var\/run\/docker\.sock does not exist\).*: apt-get install docker\.io/,
        );
        expect(await leftIn(world)).toEqual([]);
      });
    },
  );

  it("shows a canary of containers that loses no request, and leaves nothing of it behind, also at Ctrl-C", async (context) => {
    context.skip(noEngine !== undefined, noEngine);
    await inWorld("root", async (world, terminal) => {
      const engine = await startEngineIn(world);
      try {
        const { status, output } = await terminal.run(`${DEMO} --once`, () => undefined);
        expect(status, output).toBe(0);
        expect(output).toMatch(
          /version 1: 200 of 200[\s\S]*sluice shift next d-\w+[\s\S]*version 2: 200 of 200[\s\S]*exit code 3[\s\S]*version 2: 200 of 200[\s\S]*Of \d+ requests that were sent all the while, 0 failed/,
        );
        expect([...(await leftIn(world)), ...(await leftInEngine(world))]).toEqual([]);
        for (const moment of ["The image is made", "is up: 2 tasks", "$ sluice shift next"]) {
          terminal.type(DEMO);
          await terminal.shows(moment);
          await terminal.interrupt();
          expect([...(await leftIn(world)), ...(await leftInEngine(world))], moment).toEqual([]);
        }
      } finally {
        await engine.stop();
      }
    });
  });

  it("leaves nothing behind when its terminal is closed, or at Ctrl-C", async (context) => {
    context.skip(obstacle !== undefined, obstacle);
    await inWorld("root", async (world, terminal) => {
      terminal.type(DEMO);
      await terminal.shows("sluice deploy");
      await terminal.hangUp();
      await until("nothing is left", async () => (await leftIn(world)).length === 0);
      const other = await Terminal.open(world.enter, world.environment);
      other.type(DEMO);
      await other.shows("It runs until Ctrl-C");
      await other.interrupt();
      expect(await leftIn(world)).toEqual([]);
      for (const moment of ["The function check-charge is made", "version 1 90 %, version 2 10 %", "Version 3 fails"]) {
        other.type(DEMO);
        await other.shows(moment);
        await other.interrupt();
        expect(await leftIn(world), moment).toEqual([]);
      }
    });
  });
});

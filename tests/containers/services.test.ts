import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changeService } from "@sluice/server/store/ecs/services.ts";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { startDockerEngine, type TestEngine, whyNoDockerEngine } from "./docker-engine.fixture.ts";
import { addService, messagesIn, taskSetIn, tasksIn, testContainer, whileKilled } from "./service-rows.fixture.ts";
import { importTestImage } from "./test-image.fixture.ts";

/** Generous, for machines that are busy with something else. */
const WITHIN = { timeout: 120_000, interval: 50 };

interface EngineContainer {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly State: string;
  readonly Created: number;
  readonly Labels: Readonly<Record<string, string>>;
}

const missing = whyNoDockerEngine();
if (missing === null) {
  describe("services on a Docker Engine", () => {
    let docker: TestEngine;
    let server: SluiceServer;
    const folder = mkdtempSync(join(tmpdir(), "sluice-services-"));

    beforeAll(async () => {
      docker = await startDockerEngine();
      await importTestImage(docker);
      const config = join(folder, "sluice.yml");
      const settings = `{ socket: ${docker.socket} }`;
      writeFileSync(config, `bindings:\n  - { match: "*", port: task-sets, driver: docker, settings: ${settings} }\n`);
      server = await startSluiceServer({ args: ["--config", config] });
    });
    afterAll(async () => {
      await server?.close();
      await docker?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const containersOf = async (service: string): Promise<readonly EngineContainer[]> => {
      const all = (await docker.ask("GET", "/containers/json?all=1")) as readonly EngineContainer[];
      return all.filter(({ Labels }) => Labels["sluice.service"] === service);
    };
    const runningOf = async (service: string) =>
      (await containersOf(service)).filter(({ State }) => State === "running");
    const isSteady = (service: string) =>
      vi.waitFor(() => expect(taskSetIn(server, service)?.stability).toBe("STEADY_STATE"), WITHIN);

    it("keeps two tasks up, and replaces one that was killed by hand", async () => {
      await whileKilled(server, (transaction) =>
        addService(transaction, { name: "web", desiredCount: 2, containers: [testContainer("web")] }),
      );
      await isSteady("web");
      const running = await runningOf("web");
      expect(running).toHaveLength(2);
      await docker.ask("POST", `/containers/${running[0]!.Id}/kill`);
      await vi.waitFor(() => expect(taskSetIn(server, "web")?.failed_tasks).toBe(1), WITHIN);
      await vi.waitFor(async () => expect(await runningOf("web")).toHaveLength(2), WITHIN);
      expect((await runningOf("web")).map(({ Id }) => Id)).toContain(running[1]!.Id);
      expect(tasksIn(server, "web").find(({ last_status }) => last_status === "STOPPED")).toMatchObject({
        stop_code: "EssentialContainerExited",
        stopped_reason: "Essential container in task exited",
      });
      expect(messagesIn(server, "web").join("\n")).toContain("(container web: exit code 137)");
    });

    it("finds everything again after kill -9, and starts nothing twice", async () => {
      await isSteady("web");
      const before = (await runningOf("web")).map(({ Id }) => Id).toSorted();
      const failed = taskSetIn(server, "web")?.failed_tasks;
      // While nobody looks one task dies, and one more is wanted.
      await whileKilled(server, async ({ db }) => {
        await docker.ask("POST", `/containers/${before[0]}/kill`);
        await changeService(db, "web", { desired_count: 3 });
      });
      await vi.waitFor(async () => expect(await runningOf("web")).toHaveLength(3), WITHIN);
      await vi.waitFor(() => expect(taskSetIn(server, "web")?.failed_tasks).toBe(Number(failed) + 1), WITHIN);
      const all = await containersOf("web");
      expect(all.map(({ Id }) => Id)).toEqual(expect.arrayContaining(before));
      const taskIds = all.map(({ Labels }) => Labels["sluice.task"]);
      expect(new Set(taskIds).size).toBe(taskIds.length);
      const known = new Set(tasksIn(server, "web").map(({ task_id }) => task_id));
      expect(taskIds.filter((taskId) => !known.has(taskId ?? ""))).toEqual([]);
    });

    it("kills and starts the server again and again while a service comes up, and nothing is twice or left", async () => {
      await whileKilled(server, (transaction) =>
        addService(transaction, {
          name: "many",
          desiredCount: 6,
          containers: [testContainer("web"), testContainer("side")],
        }),
      );
      for (const milliseconds of [0, 50, 200, 400]) {
        await new Promise((resolve) => setTimeout(resolve, milliseconds));
        await server.kill();
        await server.start();
      }
      await isSteady("many");
      const containers = await containersOf("many");
      const names = containers.map(({ Labels }) => `${Labels["sluice.task"]} ${Labels["sluice.container"]}`);
      expect(new Set(names).size).toBe(names.length);
      const wanted = tasksIn(server, "many").filter(({ desired_status }) => desired_status === "RUNNING");
      expect(wanted).toHaveLength(6);
      // Each task has its two containers and their network, and nothing else runs.
      await vi.waitFor(async () => {
        const running = (await runningOf("many")).map(({ Labels }) => Labels["sluice.task"]);
        expect(running.toSorted()).toEqual(wanted.flatMap(({ task_id }) => [task_id, task_id, task_id]).toSorted());
      }, WITHIN);
      expect(taskSetIn(server, "many")?.failed_tasks).toBe(0);
      await whileKilled(server, ({ db }) => changeService(db, "many", { status: "DRAINING" }));
      await vi.waitFor(async () => expect(await runningOf("many")).toEqual([]), WITHIN);
      await vi.waitFor(
        () =>
          expect(new Set(tasksIn(server, "many").map(({ last_status }) => last_status))).toEqual(new Set(["STOPPED"])),
        WITHIN,
      );
    });

    it("starts what depends on a healthy container after it", async () => {
      const check = { command: ["CMD", "well"], interval: 1, timeout: 5, retries: 3, startPeriod: 0 };
      const database = testContainer("database", { healthCheck: check });
      const web = testContainer("web", { dependsOn: [{ containerName: "database", condition: "HEALTHY" }] });
      await whileKilled(server, (transaction) =>
        addService(transaction, { name: "pair", desiredCount: 1, containers: [web, database] }),
      );
      await isSteady("pair");
      expect(tasksIn(server, "pair")[0]).toMatchObject({ last_status: "RUNNING", health: "HEALTHY" });
      const startedAt = async (name: string) => {
        const found = (await runningOf("pair")).find(({ Labels }) => Labels["sluice.container"] === name);
        const { State } = (await docker.ask("GET", `/containers/${found?.Id}/json`)) as {
          readonly State: { readonly StartedAt: string };
        };
        return Date.parse(State.StartedAt);
      };
      expect(await startedAt("web")).toBeGreaterThan(await startedAt("database"));
      expect(tasksIn(server, "pair")[0]?.address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    });

    it("prints what tasks wrote, those that have stopped too", async () => {
      const says = testContainer("web", { command: ["says", "hello"] });
      await whileKilled(server, (transaction) =>
        addService(transaction, { name: "talk", desiredCount: 1, containers: [says] }),
      );
      await isSteady("talk");
      const [task] = tasksIn(server, "talk");
      await vi.waitFor(async () => {
        const printed = await server.sluice("logs", "--service", "prod/talk");
        // The engine has two pipes, so that either may come first.
        const lines = printed.trimEnd().split("\n");
        expect(lines[0]).toContain(String(task?.task_id).slice(0, 12));
        expect(lines.slice(1).toSorted()).toEqual(["  out hello", "! err"]);
      }, WITHIN);
      await whileKilled(server, ({ db }) => changeService(db, "talk", { desired_count: 0 }));
      await vi.waitFor(() => expect(tasksIn(server, "talk")[0]?.last_status).toBe("STOPPED"), WITHIN);
      expect(await server.sluice("logs", "--task", String(task?.task_id), "-f", "--tail", "1")).toMatch(
        /out hello|! err/,
      );
      const unknown = await server.run("logs", "--service", "prod/nobody");
      expect(unknown.exitCode).toBe(1);
      expect(unknown.stderr).toContain("There is no service nobody in the cluster prod");
    });

    it("waits longer each time for a task that ends at once, and says why", async () => {
      await whileKilled(server, (transaction) =>
        addService(transaction, {
          name: "crash",
          desiredCount: 1,
          containers: [testContainer("web", { command: ["ends", "3"] })],
        }),
      );
      await vi.waitFor(() => expect(taskSetIn(server, "crash")?.failed_tasks).toBeGreaterThanOrEqual(4), WITHIN);
      const madeAt = tasksIn(server, "crash").map(({ created_at }) => created_at);
      const pauses = madeAt.slice(1).map((at, index) => at - madeAt[index]!);
      expect(pauses[0]).toBeGreaterThanOrEqual(1_000);
      expect(pauses[1]).toBeGreaterThanOrEqual(2_000);
      expect(pauses[2]).toBeGreaterThanOrEqual(4_000);
      expect(messagesIn(server, "crash").join("\n")).toContain(
        "stopped: Essential container in task exited (container web: exit code 3).",
      );
      await whileKilled(server, ({ db }) => changeService(db, "crash", { desired_count: 0 }));
    });

    it("goes on when the engine was killed and is back, and counts no start as failed for it", async () => {
      await whileKilled(server, ({ db }) => changeService(db, "web", { desired_count: 2 }));
      await vi.waitFor(async () => expect(await runningOf("web")).toHaveLength(2), WITHIN);
      await isSteady("web");
      await docker.kill();
      await vi.waitFor(
        () => expect(messagesIn(server, "web").join("\n")).toContain("the container engine cannot be reached"),
        WITHIN,
      );
      const failed = taskSetIn(server, "web")?.failed_tasks;
      await docker.start();
      await isSteady("web");
      await vi.waitFor(async () => expect(await runningOf("web")).toHaveLength(2), WITHIN);
      // A container that the engine lost with its own death is a failed task; one that it kept is none.
      const lost = Number(taskSetIn(server, "web")?.failed_tasks) - Number(failed);
      expect(lost).toBeLessThanOrEqual(2);
      const all = await containersOf("web");
      expect(new Set(all.map(({ Labels }) => Labels["sluice.task"])).size).toBe(all.length);
    });
  });
} else {
  describe("services on a Docker Engine", () => {
    it.skip(missing, () => {});
  });
}

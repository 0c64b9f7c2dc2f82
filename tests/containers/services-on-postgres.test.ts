import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventsOfServices } from "@sluice/server/store/ecs/service-events.ts";
import { changeService } from "@sluice/server/store/ecs/services.ts";
import { taskSetsOfServices } from "@sluice/server/store/ecs/task-sets.ts";
import { tasksOfServices } from "@sluice/server/store/ecs/tasks.ts";
import { type OpenStore, openStore } from "@sluice/server/store/open-store.ts";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type OpenDatabase, openDatabase, whyNoDatabase } from "../installation/databases.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { startDockerEngine, type TestEngine, whyNoDockerEngine } from "./docker-engine.fixture.ts";
import { addService, testContainer } from "./service-rows.fixture.ts";
import { importTestImage } from "./test-image.fixture.ts";

/** Generous, for machines that are busy with something else. */
const WITHIN = { timeout: 120_000, interval: 100 };

interface EngineContainer {
  readonly Id: string;
  readonly Labels: Readonly<Record<string, string>>;
}

const missing = whyNoDockerEngine() ?? whyNoDatabase("postgres");
if (missing === null) {
  describe("services on a Docker Engine, with PostgreSQL", () => {
    let docker: TestEngine;
    let database: OpenDatabase;
    let server: SluiceServer;
    let store: OpenStore;
    const folder = mkdtempSync(join(tmpdir(), "sluice-services-"));

    beforeAll(async () => {
      docker = await startDockerEngine();
      await importTestImage(docker);
      database = await openDatabase("postgres");
      const config = join(folder, "sluice.yml");
      const settings = `{ socket: ${docker.socket} }`;
      writeFileSync(config, `bindings:\n  - { match: "*", port: task-sets, driver: docker, settings: ${settings} }\n`);
      server = await startSluiceServer({ args: ["--config", config], databaseUrl: database.url });
      // Beside the server, as another server's would be: its changes wake nobody.
      store = await openStore({ dataDirectory: folder, databaseUrl: database.url });
    });
    afterAll(async () => {
      await store?.close();
      await server?.close();
      await database?.close();
      await docker?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const running = async () =>
      ((await docker.ask("GET", "/containers/json")) as readonly EngineContainer[]).map(({ Id }) => Id);
    const isSteady = () =>
      vi.waitFor(async () => {
        const [taskSet] = await taskSetsOfServices(store.db, ["web"]);
        expect(taskSet?.stability).toBe("STEADY_STATE");
      }, WITHIN);
    const failedTasks = async () => Number((await taskSetsOfServices(store.db, ["web"]))[0]?.failed_tasks);

    it("keeps two tasks up, replaces one that was killed, finds all after kill -9, and ends them", async () => {
      await store.write((transaction) =>
        addService(transaction, { name: "web", desiredCount: 2, containers: [testContainer("web")] }),
      );
      await isSteady();
      const [first, second] = await running();
      expect(await running()).toHaveLength(2);
      await docker.ask("POST", `/containers/${first}/kill`);
      await vi.waitFor(async () => expect(await failedTasks()).toBe(1), WITHIN);
      await vi.waitFor(async () => expect(await running()).toHaveLength(2), WITHIN);
      expect(await running()).toContain(second);
      const messages = (await eventsOfServices(store.db, ["web"])).map(({ message }) => message);
      expect(messages.join("\n")).toContain("(container web: exit code 137)");
      await isSteady();

      const before = await running();
      await server.kill();
      await store.write(({ db }) => changeService(db, "web", { desired_count: 3 }));
      await server.start();
      await vi.waitFor(async () => expect(await running()).toHaveLength(3), WITHIN);
      expect(await running()).toEqual(expect.arrayContaining(before));
      expect(await failedTasks()).toBe(1);

      await store.write(({ db }) => changeService(db, "web", { status: "DRAINING" }));
      await vi.waitFor(async () => expect(await running()).toEqual([]), WITHIN);
      await vi.waitFor(async () => {
        const tasks = await tasksOfServices(store.db, ["web"]);
        expect(tasks.map(({ last_status }) => last_status)).toEqual(["STOPPED", "STOPPED", "STOPPED", "STOPPED"]);
      }, WITHIN);
    });
  });
} else {
  describe("services on a Docker Engine, with PostgreSQL", () => {
    it.skip(missing, () => {});
  });
}

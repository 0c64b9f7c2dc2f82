import { readdirSync } from "node:fs";
import { join } from "node:path";
import { MIGRATIONS } from "@sluice/server/store/migrations.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOOK_EVENTS } from "../installation/bundle.fixture.ts";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import {
  DATABASES,
  type DatabaseChoice,
  type OpenDatabase,
  openDatabase,
  whyNoDatabase,
} from "../installation/databases.fixture.ts";
import { RecordingFolder } from "../installation/recording-folder.fixture.ts";
import { type SluiceAgent, startKnownAgent } from "../installation/sluice-agent.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { FIXTURES, type LoadedFixture, loadFixture } from "./load-fixture.ts";

const EACH_ONCE = Object.fromEntries(HOOK_EVENTS.map((event) => [event, 1]));

it("has a fixture of every schema: sh scripts/with-node.sh tests/upgrade/make-fixture.ts makes the newest one's", () => {
  expect(FIXTURES).toEqual(MIGRATIONS.map(({ name }) => name));
});

/** PostgreSQL takes the same steps: `npm run prove` has it take all, and CI the longest way and the shortest. */
function databasesOf(schema: string): readonly DatabaseChoice[] {
  const isEnd = schema === FIXTURES[0] || schema === FIXTURES.at(-1);
  return isEnd || process.env.SLUICE_LONG ? DATABASES : ["sqlite"];
}

describe.each(FIXTURES)("a server of schema %s that was killed in the middle of a deployment", (schema) => {
  describe.each(databasesOf(schema))("on %s", (choice) => {
    const whyNot = whyNoDatabase(choice);
    let database: OpenDatabase;
    let fixture: LoadedFixture;
    let server: SluiceServer | undefined;
    let codeDeploy: CodeDeploy | undefined;
    let agents: SluiceAgent[] = [];

    beforeEach(async (context) => {
      context.skip(whyNot !== null, whyNot ?? "");
      database = await openDatabase(choice);
      fixture = await loadFixture(schema, database.url);
    });
    afterEach(async () => {
      if (whyNot) return;
      codeDeploy?.close();
      await Promise.all(agents.map((agent) => agent.close()));
      await server?.close();
      await database.close();
      fixture.remove();
      agents = [];
    });

    it("is taken over by today's, and the deployment ends with each hook run once", async () => {
      const { deploymentId, data, port } = fixture;
      // First the agents, which look for the server: on a busy machine one that starts takes longer than it may be silent.
      agents = fixture.hosts.map(({ name, agent, hooks }) => startKnownAgent(name, agent, { HOST_FOLDER: hooks }));
      await until("every agent", () => agents.every((agent) => agent.log().includes("the agent runs")));
      server = await startSluiceServer({ databaseUrl: database.url, known: { data, port } });
      codeDeploy = CodeDeploy.of(server);
      const info = await codeDeploy.end(deploymentId);
      expect(info.status, info.errorInformation?.message).toBe("Succeeded");
      expect(info.deploymentOverview).toMatchObject({ Succeeded: fixture.hosts.length, Failed: 0, Skipped: 0 });
      const folders = fixture.hosts.map(({ hooks }) => new RecordingFolder(hooks));
      expect(folders.map((folder) => folder.runs(deploymentId))).toEqual(folders.map(() => EACH_ONCE));
      const copies = readdirSync(data).filter((name) => name.startsWith("sluice.db.before-"));
      const isUpgraded = choice === "sqlite" && schema !== MIGRATIONS.at(-1)!.name;
      expect(copies.length, join(data, String(copies))).toBe(isUpgraded ? 1 : 0);
    });
  });
});

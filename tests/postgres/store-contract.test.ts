import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endedAttempts } from "@sluice/engine/host-attempts.ts";
import { hostEvent, lambdaTarget } from "@sluice/engine/target.fixture.ts";
import { EffectRoom, type EffectRoomParts } from "@sluice/server/effects/effect-room.ts";
import type { OperationContext } from "@sluice/server/operations/operation.ts";
import { deleteRole } from "@sluice/server/operations/sluice/identities/roles.ts";
import { quarantine } from "@sluice/server/planning/quarantine.ts";
import { recordOutcome } from "@sluice/server/planning/record-outcome.ts";
import { activeDeployments } from "@sluice/server/store/active-deployments.ts";
import {
  countApplications,
  findApplication,
  insertApplication,
  listApplicationNames,
  removeApplication,
  renameApplication,
} from "@sluice/server/store/applications.ts";
import { SESSION_POLICIES } from "@sluice/server/store/columns/iam-columns.ts";
import {
  findDeploymentConfig,
  insertDeploymentConfig,
  listCustomConfigNames,
} from "@sluice/server/store/deployment-configs.ts";
import { findDeploymentGroup, groupNamesByTargetRevision } from "@sluice/server/store/deployment-groups.ts";
import {
  countTargetsByStatus,
  type DeploymentPosition,
  findActiveDeploymentId,
  findDeployment,
  listDeployments,
} from "@sluice/server/store/deployment-history.ts";
import { addNote, notesOf } from "@sluice/server/store/deployment-notes.ts";
import { type DeploymentFilter, lookForDeployments } from "@sluice/server/store/deployment-search.ts";
import { findSnapshot } from "@sluice/server/store/deployment-snapshots.ts";
import { lockDeployments, readHead, saveHead } from "@sluice/server/store/deployments.ts";
import { lastRevisionBefore, otherRevisionsOfGroup } from "@sluice/server/store/earlier-revisions.ts";
import {
  claimEffects,
  hasDueEffects,
  insertEffects,
  loadEffectOutcome,
  loadEffectReports,
  nextEffectAt,
  postponeEffect,
  recordEffectOutcome,
  renewLease,
} from "@sluice/server/store/effects.ts";
import { appendEvents, newestEventId, readEvents } from "@sluice/server/store/events.ts";
import { loadHostHistory, recordAttempts } from "@sluice/server/store/group-hosts.ts";
import {
  countRunningCommands,
  findHosts,
  findLivingHostByIdentifier,
  findLivingHostByName,
  insertHost,
  listHosts,
  listLivingHosts,
  retireHost,
} from "@sluice/server/store/hosts.ts";
import { insertRole, keepRole } from "@sluice/server/store/iam/roles.ts";
import { insertTemporaryKey } from "@sluice/server/store/iam/temporary-keys.ts";
import { insertNewDeployment } from "@sluice/server/store/new-deployment.ts";
import { DataDirectoryInUseError, openStore, type Store } from "@sluice/server/store/open-store.ts";
import { lastDeployments, overviewGroups } from "@sluice/server/store/overview-groups.ts";
import { readSnapshot } from "@sluice/server/store/read-snapshot.ts";
import { loadResourceTags, putResourceTags, removeResourceTags } from "@sluice/server/store/resource-tags.ts";
import { findRevisions, listRevisions, markRevisionUsed, registerRevision } from "@sluice/server/store/revisions.ts";
import { settingOrNew } from "@sluice/server/store/settings.ts";
import { findTargets, hasOpenCommands, listTargetIds, pageOfTargets } from "@sluice/server/store/target-listing.ts";
import { tallyTargets } from "@sluice/server/store/target-tally.ts";
import {
  insertTargets,
  loadCommandsOfHost,
  loadSomeTargets,
  loadTargets,
  loadTargetsAtWork,
  updateTargets,
} from "@sluice/server/store/targets.ts";
import { isUniqueViolation } from "@sluice/server/store/unique-violation.ts";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { until } from "../installation/until.fixture.ts";
import { type PostgresCluster, startPostgres, whyNoPostgres } from "./postgres-cluster.fixture.ts";
import {
  APPLICATION,
  addApplication,
  addDeployment,
  addGroup,
  command,
  host,
  message,
  NOON,
  newDeployment,
  target,
} from "./store.fixture.ts";

const SCOPE = { partition: "aws", region: "us-east-1", accountId: "111122223333" };
const ROLE = {
  role_name: "deployer",
  name_key: "deployer",
  role_id: "AROAEXAMPLE",
  path: "/",
  description: null,
  max_session_seconds: 3_600,
  created_at: NOON,
};
const SESSION = {
  access_key_id: "ASIAEXAMPLE",
  secret_access_key: "secret",
  token_sha256: "0",
  role_name: "deployer",
  session_name: "ci",
  source_access_key_id: "AKIAEXAMPLE",
  session_policies_json: SESSION_POLICIES.write([]),
  created_at: NOON,
  expires_at: NOON + 3_600_000,
};
/** More rows than one insert statement takes, and than one `IN (…)` list. */
const MANY = 1_203;

describe.each(["sqlite", "postgres"] as const)("the store on %s", (dialect) => {
  const whyNot = dialect === "postgres" ? whyNoPostgres() : null;
  let cluster: PostgresCluster | undefined;
  let dataDirectory: string;
  let databaseUrl: string | undefined;
  let store: Store;

  const reopen = () => openStore({ dataDirectory, databaseUrl });

  beforeAll(async () => {
    if (dialect === "postgres" && !whyNot) cluster = await startPostgres();
  });
  beforeEach(async (context) => {
    context.skip(whyNot !== null, whyNot ?? "");
    dataDirectory = mkdtempSync(join(tmpdir(), "sluice-store-"));
    databaseUrl = await cluster?.newDatabase();
    store = await reopen();
  });
  afterEach(async () => {
    if (whyNot) return;
    await store.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  });
  afterAll(async () => {
    await cluster?.stop();
  });

  const tagsOf = (arn: string) => loadResourceTags(store.db, arn);
  const tag = (arn: string, key: string, value = "1") =>
    store.write(({ db }) => putResourceTags(db, arn, [{ Key: key, Value: value }]));

  describe("writes", () => {
    it("are there for who opens the database next", async () => {
      await tag("arn", "kept");
      await store.close();
      store = await reopen();
      expect(store.dialect).toBe(dialect);
      expect(await tagsOf("arn")).toEqual([{ Key: "kept", Value: "1" }]);
    });

    it("that come at once all happen, each with its own answer", async () => {
      const answers = await Promise.all(
        Array.from({ length: MANY }, (_, index) =>
          store.write(async ({ db }) => {
            await putResourceTags(db, "arn", [{ Key: `key-${index}`, Value: String(index) }]);
            return index;
          }),
        ),
      );
      expect(answers).toEqual(Array.from({ length: MANY }, (_, index) => index));
      expect(await tagsOf("arn")).toHaveLength(MANY);
    });

    it("that follow in one group see each other", async () => {
      const [, seen] = await Promise.all([tag("arn", "first"), store.write(({ db }) => loadResourceTags(db, "arn"))]);
      expect(seen).toEqual([{ Key: "first", Value: "1" }]);
    });

    it("leave nothing when they throw, and their neighbours in the group unharmed", async () => {
      const reason = new Error("no");
      const failing = store.write(async ({ db }) => {
        await putResourceTags(db, "arn", [{ Key: "undone", Value: "1" }]);
        throw reason;
      });
      const results = await Promise.allSettled([tag("arn", "before"), failing, tag("arn", "after")]);
      expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect(results[1]).toMatchObject({ reason });
      expect((await tagsOf("arn")).map(({ Key }) => Key)).toEqual(["after", "before"]);
    });

    it("that break a constraint leave their neighbours unharmed", async () => {
      await addApplication(store);
      const twice = store.write(({ db }) => insertApplication(db, { ...APPLICATION, application_id: "other" }));
      const results = await Promise.allSettled([tag("arn", "before"), twice, tag("arn", "after")]);
      expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect(isUniqueViolation((results[1] as PromiseRejectedResult).reason)).toBe(true);
      expect(await countApplications(store.db)).toBe(1);
    });

    it("are told to listeners once, after the commit, and never when they were rolled back", async () => {
      const heard: string[] = [];
      const listening = (name: string, fails: boolean) =>
        store.write(async ({ db, afterCommit }) => {
          await putResourceTags(db, "arn", [{ Key: name, Value: "1" }]);
          afterCommit(() => heard.push(name));
          if (fails) throw new Error(name);
        });
      await Promise.allSettled([listening("a", false), listening("b", true), listening("c", false)]);
      expect(heard).toEqual(["a", "c"]);
    });
  });

  // One server only has a SQLite database open, and one transaction at a time.
  if (dialect === "postgres") {
    it("ends a session that is being begun with its role", async () => {
      const other = await reopen();
      await store.write((transaction) => insertRole(transaction, ROLE));
      const [isKept, isDeleting] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const beginning = store.write(async (transaction) => {
        await keepRole(transaction, "deployer");
        isKept.resolve();
        await isDeleting.promise;
        await insertTemporaryKey(transaction, SESSION);
      });
      await isKept.promise;
      let isDeleted = false;
      const context = { store: other, forgetKeys: () => {} } as unknown as OperationContext;
      const deleting = deleteRole({ roleName: "deployer" }, context).finally(() => {
        isDeleted = true;
      });
      await until("the deletion to wait for the session", async () => {
        const { rows } = await sql`SELECT 1 FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted`.execute(
          store.db,
        );
        return isDeleted || rows.length > 0;
      });
      isDeleting.resolve();
      await beginning;
      expect(await deleting).toEqual({ roleName: "deployer", endedTemporaryKeys: 1 });
      await other.close();
    });
  }

  it("keeps the first value of a setting, whoever makes it", async () => {
    const values = await Promise.all(["x", "y", "z"].map((value) => settingOrNew(store, "key", async () => value)));
    expect(new Set(values).size).toBe(1);
    expect(await settingOrNew(store, "key", async () => "later")).toBe(values[0]);
  });

  it("refuses a database that a newer program has migrated", async () => {
    await store.write(({ db }) =>
      db
        .insertInto("migrations" as "settings")
        .values({ name: "9999-future" } as never)
        .execute(),
    );
    await store.close();
    await expect(reopen()).rejects.toThrow("migrated by a newer sluice (it knows 9999-future;");
    // For afterEach, which closes an open store.
    databaseUrl = await cluster?.newDatabase();
    rmSync(dataDirectory, { recursive: true, force: true });
    store = await reopen();
  });

  it(dialect === "sqlite" ? "lets one server in only" : "lets several servers in", async () => {
    if (dialect === "sqlite") {
      await expect(reopen()).rejects.toThrow(DataDirectoryInUseError);
      return;
    }
    const second = await reopen();
    await tag("arn", "shared");
    expect(await loadResourceTags(second.db, "arn")).toHaveLength(1);
    await second.close();
  });

  describe("applications, groups and tags", () => {
    it("are listed by name, page after page", async () => {
      const names = ["b", "a", "d", "c"];
      for (const name of names) await addApplication(store, { application_id: name, application_name: name });
      expect(await listApplicationNames(store.db, "", 3)).toEqual(["a", "b", "c"]);
      expect(await listApplicationNames(store.db, "c", 3)).toEqual(["d"]);
    });

    it("move with a new name, tags and history included", async () => {
      const application = await addApplication(store);
      const group = await addGroup(store);
      const id = await addDeployment(store, group);
      await tag("arn:aws:codedeploy:us-east-1:111122223333:application:MyWebApp", "Team");
      await tag("arn:aws:codedeploy:us-east-1:111122223333:deploymentgroup:MyWebApp/prod", "Stage");
      await store.write(({ db }) => renameApplication(db, SCOPE, application, "Shop"));
      expect((await findApplication(store.db, "Shop"))?.application_id).toBe(application.application_id);
      expect(await findApplication(store.db, "MyWebApp")).toBeUndefined();
      expect((await findDeployment(store.db, id))?.application_name).toBe("Shop");
      expect(await tagsOf("arn:aws:codedeploy:us-east-1:111122223333:application:Shop")).toHaveLength(1);
      expect(await tagsOf("arn:aws:codedeploy:us-east-1:111122223333:deploymentgroup:Shop/prod")).toHaveLength(1);
      expect(await tagsOf("arn:aws:codedeploy:us-east-1:111122223333:application:MyWebApp")).toEqual([]);
    });

    it("are gone with all that hung on them, and nothing else is", async () => {
      const application = await addApplication(store);
      const group = await addGroup(store);
      const id = await addDeployment(store, group);
      await store.write(async (transaction) => {
        await insertTargets(transaction, id, [target("i-1")]);
        await insertEffects(transaction, id, [{ kind: "resolveTargets", key: `${id}/resolve` }], NOON);
        await appendEvents(transaction, id, 0, [message("hello")], NOON);
      });
      const other = await addApplication(store, { application_id: "other", application_name: "Other" });
      const otherGroup = await addGroup(store, { deployment_group_id: "group-2", application_id: "other" });
      const otherId = await addDeployment(store, otherGroup, { deploymentId: "d-OTHER0000", application: other });
      await store.write((transaction) => insertTargets(transaction, otherId, [target("i-1")]));
      await store.write((transaction) => removeApplication(transaction, { ...SCOPE, now: () => NOON }, application));
      expect(await findApplication(store.db, "MyWebApp")).toBeUndefined();
      expect(await findDeploymentGroup(store.db, application.application_id, "prod")).toBeUndefined();
      expect(await findDeployment(store.db, id)).toBeUndefined();
      expect(await loadTargets(store, id)).toBeNull();
      expect(await readEvents(store, { afterEventId: 0, limit: 10 })).toEqual([]);
      expect(await nextEffectAt(store)).toBeNull();
      expect(await findDeployment(store.db, otherId)).toBeDefined();
      expect(await loadTargets(store, otherId)).toHaveLength(1);
    });

    it("take the last value of a tag, and lose only the tags that are named", async () => {
      await tag("arn", "a", "1");
      await tag("arn", "b", "1");
      await tag("arn", "a", "2");
      expect(await tagsOf("arn")).toEqual([
        { Key: "a", Value: "2" },
        { Key: "b", Value: "1" },
      ]);
      await store.write(({ db }) => removeResourceTags(db, "arn", ["a", "none"]));
      expect(await tagsOf("arn")).toEqual([{ Key: "b", Value: "1" }]);
    });

    it("know their configurations, predefined and custom", async () => {
      const custom = {
        deploymentConfigId: "id-1",
        deploymentConfigName: "Mine",
        computePlatform: "Server",
        minimumHealthyHosts: { type: "HOST_COUNT", value: 2 },
      } as const;
      await store.write(({ db }) => insertDeploymentConfig(db, custom, NOON));
      expect(await findDeploymentConfig(store.db, "Mine")).toEqual({ ...custom, createdAt: NOON });
      expect((await findDeploymentConfig(store.db, "CodeDeployDefault.AllAtOnce"))?.createdAt).toBeNull();
      expect(await listCustomConfigNames(store.db, "", 10)).toEqual(["Mine"]);
    });
  });

  describe("revisions", () => {
    const at = (key: string) => ({ revisionType: "S3", s3Location: { bucket: "b", key, bundleType: "zip" } }) as const;
    const register = (key: string, registeredAt: number, description = "", describe = false) =>
      store.write(({ db }) =>
        registerRevision(db, { applicationId: "a", location: at(key), description, registeredAt }, { describe }),
      );
    const keys = async (selection: Partial<Parameters<typeof listRevisions>[1]>) => {
      const all = { applicationId: "a", orderBy: "registered_at", direction: "asc", limit: 10 } as const;
      const rows = await listRevisions(store.db, { ...all, ...selection });
      return rows.map((row) => (row.location as ReturnType<typeof at>).s3Location.key);
    };

    it("are registered once; only a described registration changes the description", async () => {
      await register("k", NOON, "first");
      await register("k", NOON + 1, "second");
      await register("k", NOON + 2, "third", true);
      const [row] = await listRevisions(store.db, {
        ...{ applicationId: "a", orderBy: "registered_at", direction: "asc", limit: 10 },
      });
      const found = (await findRevisions(store.db, "a", [row!.key])).get(row!.key);
      expect(found).toMatchObject({ description: "third", registered_at: NOON, first_used_at: null });
      await store.write(({ db }) => markRevisionUsed(db, "a", row!.key, NOON + 5));
      await store.write(({ db }) => markRevisionUsed(db, "a", row!.key, NOON + 9));
      const used = (await findRevisions(store.db, "a", [row!.key])).get(row!.key);
      expect(used).toMatchObject({ first_used_at: NOON + 5, last_used_at: NOON + 9 });
    });

    it("are listed in either order, by prefix as it is written, and page after page without loss", async () => {
      await register("app/2", NOON + 2);
      await register("app/1", NOON + 1);
      await register("APP/3", NOON + 3);
      await register("a%p/4", NOON + 4);
      expect(await keys({})).toEqual(["app/1", "app/2", "APP/3", "a%p/4"]);
      expect(await keys({ direction: "desc" })).toEqual(["a%p/4", "APP/3", "app/2", "app/1"]);
      expect(await keys({ s3Bucket: "b", s3KeyPrefix: "app/" })).toEqual(["app/1", "app/2"]);
      expect(await keys({ s3Bucket: "b", s3KeyPrefix: "a%" })).toEqual(["a%p/4"]);
      expect(await keys({ s3Bucket: "other" })).toEqual([]);
      // Never used: all at the same time, so the key decides.
      const first = await listRevisions(store.db, {
        ...{ applicationId: "a", orderBy: "last_used_at", direction: "desc", limit: 3 },
      });
      const rest = await keys({ orderBy: "last_used_at", direction: "desc", after: first.at(-1)! });
      expect(rest).toHaveLength(1);
      expect(new Set([...first.map(({ key }) => key)]).size).toBe(3);
    });
  });

  describe("deployments", () => {
    it("are one at a time in a group, and its next one is free when it has ended", async () => {
      await addApplication(store);
      const group = await addGroup(store);
      const first = await addDeployment(store, group);
      const second = { ...newDeployment(group), deploymentId: "d-SECOND000" };
      const refused = await store.write((transaction) => insertNewDeployment(transaction, second)).catch((e) => e);
      expect(isUniqueViolation(refused)).toBe(true);
      expect(await findActiveDeploymentId(store.db, group.deployment_group_id)).toBe(first);
      await store.write(async (transaction) => {
        const [row] = await lockDeployments(transaction, [first]);
        const head = { ...readHead(row!), status: "Succeeded" as const, completedAt: NOON + 1 };
        await saveHead(transaction, { head, lastSequence: 0, wakeAt: null });
      });
      await store.write((transaction) => insertNewDeployment(transaction, second));
      expect(await findActiveDeploymentId(store.db, group.deployment_group_id)).toBe("d-SECOND000");
    });

    it("keep reasons in the order in which they were given, and what the settings of their group were", async () => {
      await addApplication(store);
      const group = await addGroup(store);
      const deploymentId = await addDeployment(store, group);
      const caller = { access_key_id: "AKIA1", caller_arn: "arn:aws:iam::111122223333:user/ann" };
      const note = { deployment_id: deploymentId, at: NOON, ...caller, action: "pause" };
      await store.write((transaction) => addNote(transaction, { ...note, reason: "first" }));
      await store.write(async (transaction) => {
        await addNote(transaction, { ...note, reason: "second" });
        await addNote(transaction, { ...note, deployment_id: "d-OTHER0000", reason: "of another" });
      });
      await store.write(({ db }) =>
        db.updateTable("deployment_groups").set({ deployment_config_name: "CodeDeployDefault.HalfAtATime" }).execute(),
      );
      expect(await notesOf(store.db, deploymentId)).toEqual([
        { ...note, ordinal: 0, reason: "first" },
        { ...note, ordinal: 1, reason: "second" },
      ]);
      expect(await findSnapshot(store.db, deploymentId)).toMatchObject({
        takenAt: NOON,
        snapshot: {
          deploymentGroupName: group.deployment_group_name,
          deploymentConfigName: group.deployment_config_name,
          computePlatform: "Server",
          settings: { deployToLateHosts: false },
        },
      });
      expect(await findSnapshot(store.db, "d-NONE00000")).toBeUndefined();
    });

    it("that are made at once in one group: one wins, the others break the rule", async () => {
      await addApplication(store);
      const group = await addGroup(store);
      const stores = dialect === "postgres" ? [store, await reopen(), await reopen()] : [store, store, store];
      const results = await Promise.allSettled(
        stores.map((each, index) =>
          each.write((transaction) =>
            insertNewDeployment(transaction, { ...newDeployment(group), deploymentId: `d-${index}` }),
          ),
        ),
      );
      for (const other of stores) if (other !== store) await other.close();
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      for (const result of results)
        if (result.status === "rejected") expect(isUniqueViolation(result.reason)).toBe(true);
    });

    it("hold their state, and the columns that follow from it", async () => {
      await addApplication(store);
      const group = await addGroup(store);
      const id = await addDeployment(store, group, { statusMessages: ["a dark host"] });
      const rowOf = async () => (await findDeployment(store.db, id))!;
      expect(await rowOf()).toMatchObject({ status: "Created", active: 1, advancing: 0, wake_at: NOON });
      expect(readHead(await rowOf())).toMatchObject({ statusMessages: ["a dark host"], createdAt: NOON });
      const save = (change: Partial<ReturnType<typeof readHead>>, wakeAt: number | null) =>
        store.write(async (transaction) => {
          const [row] = await lockDeployments(transaction, [id]);
          await saveHead(transaction, { head: { ...readHead(row!), ...change }, lastSequence: 7, wakeAt });
        });
      await save({ status: "InProgress", startedAt: NOON + 1, minimumHealthyHosts: 1 }, NOON + 99);
      expect(await rowOf()).toMatchObject({
        ...{ status: "InProgress", advancing: 1, started_at: NOON + 1, wake_at: NOON + 99, last_sequence: 7 },
      });
      await save({ halt: "health", error: { code: "HEALTH_CONSTRAINTS", message: "…" } }, null);
      expect(await rowOf()).toMatchObject({ advancing: 0, error_code: null, wake_at: null });
      await save({ status: "Failed", completedAt: NOON + 2 }, null);
      expect(await rowOf()).toMatchObject({ active: 0, error_code: "HEALTH_CONSTRAINTS", completed_at: NOON + 2 });
    });

    it("are listed newest first, by group, status and time, page after page without loss", async () => {
      await addApplication(store);
      for (let index = 0; index < 5; index += 1) {
        const group = await addGroup(store, {
          deployment_group_id: `group-${index}`,
          deployment_group_name: `g${index}`,
        });
        // Two share a moment: the id decides.
        await addDeployment(store, group, { deploymentId: `d-${index}`, createdAt: NOON + Math.floor(index / 2) });
      }
      const ids = async (selection: Partial<Parameters<typeof listDeployments>[1]>) =>
        (await listDeployments(store.db, { limit: 10, ...selection })).map(({ deploymentId }) => deploymentId);
      expect(await ids({})).toEqual(["d-4", "d-3", "d-2", "d-1", "d-0"]);
      const page = await listDeployments(store.db, { limit: 2 });
      expect(await ids({ after: page.at(-1)! })).toEqual(["d-2", "d-1", "d-0"]);
      expect(await ids({ after: { createdAt: NOON + 1, deploymentId: "d-3" } })).toEqual(["d-2", "d-1", "d-0"]);
      expect(await ids({ deploymentGroupId: "group-3" })).toEqual(["d-3"]);
      expect(await ids({ createdFrom: NOON + 1, createdTo: NOON + 1 })).toEqual(["d-3", "d-2"]);
      expect(await ids({ statuses: ["Succeeded"] })).toEqual([]);
      expect(await ids({ statuses: ["Created", "Succeeded"], limit: 1 })).toEqual(["d-4"]);
    });

    it("are found by what people see of them, in any case, and however far back", async () => {
      await addApplication(store);
      const group = await addGroup(store);
      const texts = ["50 % off", "Größe_1", 'say "hello"', "plain"];
      for (const [index, description] of texts.entries()) {
        const { request } = newDeployment(group);
        const deploymentId = `d-${index}`;
        const made = { deploymentId, createdAt: NOON + index, request: { ...request, description } };
        await addDeployment(store, group, made);
        await store.write(async (transaction) => {
          const [row] = await lockDeployments(transaction, [deploymentId]);
          const head = {
            ...readHead(row!),
            status: "Failed",
            error: { code: "TIMEOUT", message: "Too late" },
          } as const;
          await saveHead(transaction, { head, lastSequence: 0, wakeAt: null });
          await insertTargets(transaction, deploymentId, [target(`i-${index % 2}`)]);
        });
      }
      const look = async (filter: DeploymentFilter, maxLooked = 10, after?: DeploymentPosition) => {
        const { rows, goesOnAfter } = await lookForDeployments(store, filter, { after, limit: 10, maxLooked });
        return { ids: rows.map((row) => row.deployment_id), goesOnAfter };
      };
      const ids = async (filter: DeploymentFilter) => (await look(filter)).ids;
      expect(await ids({})).toEqual(["d-3", "d-2", "d-1", "d-0"]);
      expect(await ids({ text: "50 % O" })).toEqual(["d-0"]);
      expect(await ids({ text: "GRÖSSE" })).toEqual([]);
      expect(await ids({ text: "GRÖßE_" })).toEqual(["d-1"]);
      expect(await ids({ text: 'SAY "hello"' })).toEqual(["d-2"]);
      expect(await ids({ text: "mywebapp/PROD" })).toHaveLength(4);
      expect(await ids({ text: "s3://b/k.ZIP" })).toHaveLength(4);
      expect(await ids({ text: "too LATE" })).toHaveLength(4);
      expect(
        await ids({ text: "timeout", statuses: ["Failed"], creators: ["user"], computePlatform: "Server" }),
      ).toHaveLength(4);
      expect(await ids({ statuses: ["Created"] })).toEqual([]);
      expect(await ids({ creators: ["autoscaling"] })).toEqual([]);
      expect(await ids({ computePlatform: "ECS" })).toEqual([]);
      expect(await ids({ targetIds: ["i-1", "i-9"] })).toEqual(["d-3", "d-1"]);
      expect(await ids({ applicationId: "application-1", createdFrom: NOON + 1, createdTo: NOON + 2 })).toEqual([
        "d-2",
        "d-1",
      ]);
      expect(await ids({ applicationId: "application-2" })).toEqual([]);
      expect(await ids({ deploymentGroupId: "group-1", text: "plain" })).toEqual(["d-3"]);
      const first = await look({ text: "50 %" }, 2);
      expect(first).toEqual({ ids: [], goesOnAfter: { createdAt: NOON + 2, deploymentId: "d-2" } });
      expect(await look({ text: "50 %" }, 2, first.goesOnAfter)).toEqual({
        ids: ["d-0"],
        goesOnAfter: { createdAt: NOON, deploymentId: "d-0" },
      });
    });

    it("are counted by their targets, the active ones found, and groups told with what runs in them", async () => {
      await addApplication(store);
      await addApplication(store, { application_id: "application-2", application_name: "Empty" });
      const group = await addGroup(store);
      const deploymentId = await addDeployment(store, group);
      const targets = [
        target("i-1", { status: "Succeeded", label: "Green" }),
        target("i-2", { status: "InProgress", command: command("Install", NOON), label: "Green" }),
        target("i-3", { status: "InProgress", command: command("Install", null), label: "Green" }),
        target("i-4", { status: "Unknown", label: "Blue" }),
      ];
      await store.write((transaction) => insertTargets(transaction, deploymentId, targets));
      const tallies = (await tallyTargets(store.db, [deploymentId, "d-NONE"])).get(deploymentId) ?? [];
      expect(tallies).toHaveLength(3);
      expect(tallies).toContainEqual({ status: "InProgress", label: "Green", count: 2, atWork: 1 });
      expect(tallies).toContainEqual({ status: "Unknown", label: "Blue", count: 1, atWork: 0 });
      const active = await activeDeployments(store.db);
      expect(active.map((row) => row.deployment_id)).toEqual([deploymentId]);
      const seen = await readSnapshot(store, async (db) => ({
        groups: await overviewGroups(db),
        last: await lastDeployments(db),
      }));
      expect(seen.groups).toMatchObject([
        { application_name: "Empty", deployment_group_name: null, deployed_at: null },
        { application_name: "MyWebApp", deployment_group_name: "prod", last_attempted_deployment_id: deploymentId },
      ]);
      expect([...seen.last.keys()]).toEqual([deploymentId]);
      const page = await pageOfTargets(store.db, deploymentId, 1, 2);
      expect(page.map(({ ordinal, target: { targetId } }) => [ordinal, targetId])).toEqual([
        [2, "i-3"],
        [3, "i-4"],
      ]);
    });

    it("of other revisions are found for a way back, each revision once", async () => {
      await addApplication(store);
      const group = await addGroup(store);
      const revisions = ["one", "two", "one", "three", "three"];
      for (const [index, key] of revisions.entries()) {
        const revision = { revisionType: "S3", s3Location: { bucket: "b", key, bundleType: "zip" } } as const;
        const deploymentId = `d-${index}`;
        const creator = index === 2 ? "codeDeployRollback" : "user";
        await addDeployment(store, group, { deploymentId, revision, creator, createdAt: NOON + index });
        await store.write(async (transaction) => {
          const [row] = await lockDeployments(transaction, [deploymentId]);
          const status = index === 3 ? "Failed" : "Succeeded";
          await saveHead(transaction, { head: { ...readHead(row!), status }, lastSequence: 0, wakeAt: null });
        });
      }
      const others = async (index: number) => {
        const row = (await findDeployment(store.db, `d-${index}`))!;
        const found = await otherRevisionsOfGroup(store.db, "group-1", row.revision_key, 10);
        return [found.map((one) => one.deployment_id), (await lastRevisionBefore(store.db, row))?.deployment_id];
      };
      expect(await others(4)).toEqual([["d-1", "d-0"], "d-1"]);
      expect(await others(1)).toEqual([["d-4", "d-0"], "d-0"]);
      expect(await others(0)).toEqual([["d-4", "d-1"], undefined]);
    });

    it("in quarantine have failed, offer nothing, and free their group", async () => {
      await addApplication(store);
      const group = await addGroup(store);
      const id = await addDeployment(store, group);
      await store.write((transaction) =>
        insertTargets(transaction, id, [target("i-1", { status: "InProgress", command: command("Install", null) })]),
      );
      await store.write((transaction) => quarantine(transaction, id, "a bug", NOON + 1));
      await store.write((transaction) => quarantine(transaction, id, "again", NOON + 2));
      expect(await findDeployment(store.db, id)).toMatchObject({
        ...{ status: "Failed", active: 0, quarantined: "a bug", error_code: "INTERNAL_ERROR", completed_at: NOON + 1 },
      });
      expect(await loadCommandsOfHost(store, "i-1", "available")).toEqual([]);
      expect(await readEvents(store, { afterEventId: 0, limit: 10 })).toMatchObject([{ type: "deploymentFailed" }]);
      await addDeployment(store, group, { deploymentId: "d-NEXT00000" });
    });

    it("tell the group what it has now, and the hosts what their last attempt left", async () => {
      await addApplication(store);
      const group = await addGroup(store);
      const id = await addDeployment(store, group);
      const row = (await findDeployment(store.db, id))!;
      const attempt = (targets: Parameters<typeof endedAttempts>[0]) =>
        store.write((transaction) => recordAttempts(transaction, row, endedAttempts(targets)));
      const installed = {
        lifecycleEvents: [hostEvent("Install", { status: "Succeeded" }), hostEvent("ApplicationStart")],
      };
      const begun = { lifecycleEvents: [hostEvent("Install"), hostEvent("ApplicationStart")] };
      await attempt([
        target("i-1", { status: "Succeeded", ...installed }),
        target("i-2", { status: "Failed", ...begun }),
      ]);
      await attempt([
        target("i-2", { status: "Skipped", ...begun }),
        target("i-1", { status: "Failed", ...begun }),
        target("i-3", begun),
      ]);
      const history = await loadHostHistory(store, group.deployment_group_id);
      expect([...history].sort()).toEqual([
        [
          "i-1",
          {
            healthy: false,
            revisionKey: row.revision_key,
            installed: { deploymentId: id, revisionKey: row.revision_key },
          },
        ],
        ["i-2", { healthy: false, revisionKey: row.revision_key, installed: null }],
      ]);
      const found = () => findDeploymentGroup(store.db, group.application_id, "prod");
      await store.write((transaction) =>
        recordOutcome(transaction, row, { ...readHead(row), status: "Failed", targets: null }),
      );
      expect(await found()).toMatchObject({ last_attempted_deployment_id: id, last_successful_deployment_id: null });
      await store.write((transaction) =>
        recordOutcome(transaction, row, { ...readHead(row), status: "Succeeded", targets: null }),
      );
      expect(await found()).toMatchObject({
        last_successful_deployment_id: id,
        target_revision_json: row.revision_json,
      });
      expect([...(await groupNamesByTargetRevision(store.db, group.application_id))]).toEqual([
        [row.revision_key, ["prod"]],
      ]);
    });
  });

  describe("targets", () => {
    it("keep their order and their state, a thousand and more of them", async () => {
      const targets = Array.from({ length: MANY }, (_, index) => target(`i-${MANY - index}`));
      await store.write((transaction) => insertTargets(transaction, "d-1", targets));
      expect(await loadTargets(store, "d-1")).toEqual(targets);
      expect(await loadTargets(store, "d-2")).toBeNull();
      const page = await listTargetIds(store.db, { deploymentId: "d-1", after: -1, limit: 100 });
      const next = await listTargetIds(store.db, { deploymentId: "d-1", after: page.at(-1)!.ordinal, limit: MANY });
      expect([...page, ...next].map(({ targetId }) => targetId)).toEqual(targets.map(({ targetId }) => targetId));
      expect(await loadSomeTargets(store, "d-1", ["i-7", "none"])).toEqual([target("i-7")]);
    });

    it("offer their commands to their host, until the host has them", async () => {
      await store.write(async (transaction) => {
        await insertTargets(transaction, "d-1", [
          target("i-1", { status: "InProgress", command: command("Install", null) }),
          target("i-2"),
        ]);
        await insertTargets(transaction, "d-2", [
          target("i-1", { status: "InProgress", command: command("ApplicationStop", null), updatedAt: NOON - 1 }),
        ]);
      });
      const available = async (hostId: string) =>
        (await loadCommandsOfHost(store, hostId, "available")).map(({ deploymentId }) => deploymentId);
      expect(await available("i-1")).toEqual(["d-2", "d-1"]);
      expect(await available("i-2")).toEqual([]);
      const taken = target("i-1", { status: "InProgress", command: command("Install", NOON + 1) });
      await store.write((transaction) => updateTargets(transaction, "d-1", [taken]));
      expect(await available("i-1")).toEqual(["d-2"]);
      expect(await loadCommandsOfHost(store, "i-1", "acknowledged")).toEqual([{ deploymentId: "d-1", target: taken }]);
      expect([...(await countRunningCommands(store.db, ["i-1", "i-2"]))]).toEqual([["i-1", 1]]);
      await store.write((transaction) => updateTargets(transaction, "d-1", [target("i-1", { status: "Succeeded" })]));
      expect(await hasOpenCommands(store.db, "d-1")).toBe(false);
      expect(await hasOpenCommands(store.db, "d-2")).toBe(true);
    });

    it("that are named like a host, and are none, never reach it", async () => {
      // Also by mistake: a command like this is never made for them.
      const work = { status: "InProgress", command: command("Install", null) } as const;
      await store.write(async (transaction) => {
        await insertHost(transaction, host("web-1", { kind: "on-premises", instance_arn: "arn:web-1" }));
        await insertTargets(transaction, "d-1", [lambdaTarget("web-1", work)]);
      });
      const commandsOf = async (state: "available" | "acknowledged") => loadCommandsOfHost(store, "web-1", state);
      expect(await commandsOf("available")).toEqual([]);
      expect(await findTargets(store.db, "d-1", ["web-1"])).toEqual([
        { target: lambdaTarget("web-1", work), instanceArn: null },
      ]);
      const taken = lambdaTarget("web-1", { ...work, command: command("Install", NOON) });
      await store.write((transaction) => updateTargets(transaction, "d-1", [taken]));
      expect(await commandsOf("acknowledged")).toEqual([]);
      expect([...(await countRunningCommands(store.db, ["web-1"]))]).toEqual([]);
      const atWork = lambdaTarget("web-1", { ...work, command: command("Install", NOON, { by: "platform" }) });
      await store.write((transaction) => updateTargets(transaction, "d-1", [atWork]));
      expect(await loadTargetsAtWork(store, "d-1")).toEqual([atWork]);
      expect(await loadCommandsOfHost(store, "web-1", "acknowledged")).toEqual([]);
      const attempt = { deployment_id: "d-1", deployment_group_id: "group-1", revision_key: "k" };
      const failed = lambdaTarget("web-1", { status: "Failed", lifecycleEvents: [hostEvent("Install")] });
      await store.write((transaction) => recordAttempts(transaction, attempt, endedAttempts([failed])));
      expect([...(await loadHostHistory(store, "group-1"))]).toEqual([]);
    });

    it("are counted by status, and found with the ARN that their host registered under", async () => {
      await store.write(async (transaction) => {
        await insertHost(transaction, host("web-1", { kind: "on-premises", instance_arn: "arn:web-1" }));
        await insertTargets(transaction, "d-1", [
          target("web-1", { status: "Succeeded" }),
          target("i-2", { status: "Failed" }),
          target("i-3", { status: "Failed" }),
        ]);
      });
      const counts = await countTargetsByStatus(store.db, ["d-1", "d-2"]);
      expect([...counts.get("d-1")!].sort()).toEqual([
        ["Failed", 2],
        ["Succeeded", 1],
      ]);
      expect(counts.has("d-2")).toBe(false);
      expect(await countTargetsByStatus(store.db, [])).toEqual(new Map());
      const found = await findTargets(store.db, "d-1", ["web-1", "i-2", "none"]);
      const arns = found.map(({ target: { targetId }, instanceArn }) => [targetId, instanceArn]);
      expect(arns.sort()).toEqual([
        ["i-2", null],
        ["web-1", "arn:web-1"],
      ]);
      const failed = { deploymentId: "d-1", statuses: ["Failed"], after: -1, limit: 10 } as const;
      expect(await listTargetIds(store.db, failed)).toHaveLength(2);
    });
  });

  describe("effects", () => {
    const effect = (key: string) => ({ kind: "resolveTargets", key }) as const;
    const insert = (key: string, now = NOON) =>
      store.write((transaction) => insertEffects(transaction, "d-1", [effect(key)], now));
    const claim = (owner: string, now: number, from = store, limit = 10) =>
      from.write((transaction) =>
        claimEffects(
          transaction,
          { owner, now, leaseUntil: now + 60_000 },
          new EffectRoom({ traffic: 0, others: limit, share: 0, running: new Map() }),
        ),
      );

    it("that are asked for twice are one", async () => {
      await insert("a");
      await insert("a", NOON + 5);
      expect(await claim("one", NOON)).toEqual([{ key: "a", deploymentId: "d-1", effect: effect("a"), attempts: 1 }]);
    });

    it("are not run before they are due, oldest first, no more than asked for", async () => {
      await insert("late", NOON + 10);
      await insert("early", NOON);
      await insert("future", NOON + 100);
      expect(await nextEffectAt(store)).toBe(NOON);
      expect((await claim("one", NOON + 20, store, 1)).map(({ key }) => key)).toEqual(["early"]);
      expect((await claim("one", NOON + 20)).map(({ key }) => key)).toEqual(["late"]);
      expect(await claim("one", NOON + 20)).toEqual([]);
    });

    it("are claimed as far as there is room for their kind and their deployment, whoever stands before them", async () => {
      const traffic = (deploymentId: string, from: number, count: number) =>
        store.write((transaction) =>
          insertEffects(
            transaction,
            deploymentId,
            Array.from({ length: count }, (_, index) => {
              const host = `i-${String(from + index).padStart(2, "0")}`;
              const key = `${deploymentId}/${host}`;
              return { kind: "routeTraffic", key, targetId: host, event: "BlockTraffic", attempt: 1 } as const;
            }),
            NOON + from,
          ),
        );
      const claimInto = async (parts: EffectRoomParts) => {
        const room = new EffectRoom(parts);
        const claim = { owner: "one", now: NOON + 100, leaseUntil: NOON + 60_000 };
        const claimed = await store.write((transaction) => claimEffects(transaction, claim, room));
        return { keys: claimed.map(({ key }) => key).sort(), next: await nextEffectAt(store, room.shutOut), room };
      };
      await traffic("d-1", 0, 30);
      await traffic("d-2", 40, 3);
      await traffic("d-3", 50, 3);
      await insert("prepare-4", NOON + 60);
      await insert("prepare-5", NOON + 61);

      const first = await claimInto({ traffic: 7, others: 1, share: 3, running: new Map([["d-1", 1]]) });
      expect(first.keys.map((key) => key.replace(/i-..$/, ""))).toEqual([
        ...["d-1/", "d-1/", "d-2/", "d-2/", "d-2/", "d-3/", "d-3/"],
        "prepare-4",
      ]);
      expect(first.room.size).toBe(0);

      // What is due and has no place is no reason to look again before there is one.
      const full = { traffic: 5, others: 0, share: 3, running: new Map(["d-1", "d-2", "d-3"].map((id) => [id, 3])) };
      expect(await claimInto(full)).toMatchObject({ keys: [], next: null });
      expect(await hasDueEffects(store, NOON + 100, new EffectRoom(full).shutOut)).toBe(false);
      expect(await claimInto({ ...full, others: 1 })).toMatchObject({ keys: ["prepare-5"], next: null });
      expect((await claimInto({ ...full, running: new Map([["d-1", 3]]) })).keys).toEqual(["d-3/i-52"]);
      expect((await claimInto({ ...full, traffic: 40, share: 40, running: new Map() })).keys).toHaveLength(28);
    });

    it("stay with their owner for the lease, and are taken over when it has run out", async () => {
      await insert("a");
      await claim("one", NOON);
      expect(await claim("one", NOON + 59_999)).toEqual([]);
      expect(await nextEffectAt(store)).toBe(NOON + 60_000);
      const again = await claim("one", NOON + 60_000);
      expect(again).toMatchObject([{ key: "a", attempts: 2 }]);
    });

    it("stay with their owner for longer when it renews the lease, which nobody else can", async () => {
      await insert("a");
      await claim("one", NOON);
      await store.write((transaction) => renewLease(transaction, "a", "two", NOON + 70_000));
      expect(await nextEffectAt(store)).toBe(NOON + 60_000);
      await store.write((transaction) => renewLease(transaction, "a", "one", NOON + 70_000));
      expect(await claim("one", NOON + 69_999)).toEqual([]);
      expect(await claim("one", NOON + 70_000)).toHaveLength(1);
    });

    it("are ended and put off by whoever has the lease, and by nobody whose lease went to another", async () => {
      const withheld = { kind: "withholdReplacements", key: "a", targetIds: [] } as const;
      await store.write((transaction) => insertEffects(transaction, "d-1", [withheld], NOON));
      await claim("one", NOON);
      expect(await claim("two", NOON + 60_000)).toHaveLength(1);
      const put = (owner: string, detail: string) =>
        store.write((transaction) => {
          const progress = { outcome: "pending", detail } as const;
          return postponeEffect(transaction, "a", owner, { runAt: NOON, isUnderWay: true, progress });
        });
      const end = (owner: string) =>
        store.write((transaction) => recordEffectOutcome(transaction, "a", owner, { outcome: "done", detail: owner }));
      await put("one", "late");
      expect(await end("one")).toBe(false);
      expect(await nextEffectAt(store)).toBe(NOON + 120_000);
      expect(await loadEffectReports(store, ["a"])).toEqual(new Map());
      expect(await end("two")).toBe(true);
      expect(await end("one")).toBe(false);
      expect(await loadEffectReports(store, ["a"])).toEqual(new Map([["a", { outcome: "done", detail: "two" }]]));
    });

    it(
      dialect === "sqlite"
        ? "of another owner are free at once: only one server is ever in the database, so that one is dead"
        : "of another owner are not touched while its lease lasts",
      async () => {
        await insert("a");
        await claim("one", NOON);
        expect(await claim("two", NOON + 1)).toHaveLength(dialect === "sqlite" ? 1 : 0);
        expect(await claim("two", NOON + 60_001 + 1)).toHaveLength(1);
      },
    );

    // One server only has a SQLite database open.
    if (dialect === "postgres") {
      it("are claimed by one of several servers", async () => {
        for (let index = 0; index < 40; index += 1) await insert(`effect-${index}`);
        const others = await Promise.all([reopen(), reopen(), reopen()]);
        const claims = await Promise.all(
          others.flatMap((other, index) => [
            claim(`server-${index}`, NOON, other, 7),
            claim(`server-${index}`, NOON, other, 7),
          ]),
        );
        for (const other of others) await other.close();
        const keys = claims.flat().map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys.length).toBeGreaterThan(7);
      });
    }

    it("are done once their outcome is there, and come again when they are put off", async () => {
      await insert("a");
      await claim("one", NOON);
      await store.write((transaction) =>
        postponeEffect(transaction, "a", "one", { runAt: NOON + 10, isUnderWay: false }),
      );
      expect(await claim("one", NOON + 9)).toEqual([]);
      expect(await claim("one", NOON + 10)).toHaveLength(1);
      expect(await loadEffectOutcome(store, "d-1", "resolveTargets")).toBeUndefined();
      const resolution = { outcome: "resolved", candidates: [] } as const;
      await store.write((transaction) => recordEffectOutcome(transaction, "a", "one", resolution));
      expect(await claim("one", NOON + 10 ** 9)).toEqual([]);
      expect(await loadEffectOutcome(store, "d-1", "resolveTargets")).toEqual(resolution);
      expect(await nextEffectAt(store)).toBeNull();
    });
  });

  describe("events", () => {
    it("are numbered without a gap in each deployment, and read on from any of them", async () => {
      await store.write(async (transaction) => {
        expect(await appendEvents(transaction, "d-1", 0, [message("1"), message("2")], NOON)).toBe(2);
        expect(await appendEvents(transaction, "d-2", 0, [message("other")], NOON)).toBe(1);
        expect(await appendEvents(transaction, "d-1", 2, [message("3")], NOON + 1)).toBe(3);
        expect(await appendEvents(transaction, "d-1", 3, [], NOON + 1)).toBe(3);
      });
      const all = await readEvents(store, { afterEventId: 0, limit: 10 });
      expect(all.map(({ deploymentId, sequence }) => `${deploymentId}/${sequence}`)).toEqual([
        "d-1/1",
        "d-1/2",
        "d-2/1",
        "d-1/3",
      ]);
      expect(all.at(-1)).toMatchObject({ type: "statusMessageAdded", body: { message: "3" }, at: NOON + 1 });
      expect(await newestEventId(store)).toBe(all.at(-1)!.eventId);
      const on = await readEvents(store, { afterEventId: all[0]!.eventId, deploymentId: "d-1", limit: 1 });
      expect(on.map(({ sequence }) => sequence)).toEqual([2]);
    });

    it("refuse a number that is taken", async () => {
      await store.write((transaction) => appendEvents(transaction, "d-1", 0, [message("1")], NOON));
      const second = await store
        .write((transaction) => appendEvents(transaction, "d-1", 0, [message("again")], NOON))
        .catch((error: unknown) => error);
      expect(isUniqueViolation(second)).toBe(true);
      expect(await readEvents(store, { afterEventId: 0, limit: 10 })).toHaveLength(1);
    });

    it("never use an id again, and show in the order of their ids whoever writes them", async () => {
      const stores = dialect === "postgres" ? [store, await reopen(), await reopen()] : [store, store, store];
      const seen: number[] = [];
      let isWriting = true;
      // A reader that has seen an id never finds a smaller one later: it would miss it.
      const reading = (async () => {
        while (isWriting) {
          const events = await readEvents(store, { afterEventId: seen.at(-1) ?? 0, limit: 50 });
          seen.push(...events.map(({ eventId }) => eventId));
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      await Promise.all(
        stores.map(async (each, writer) => {
          for (let index = 0; index < 30; index += 1) {
            await each.write((transaction) => appendEvents(transaction, `d-${writer}`, index, [message("x")], NOON));
          }
        }),
      );
      isWriting = false;
      await reading;
      const rest = await readEvents(store, { afterEventId: seen.at(-1) ?? 0, limit: 100 });
      expect([...seen, ...rest.map(({ eventId }) => eventId)]).toHaveLength(90);
      for (const other of stores) if (other !== store) await other.close();
    });

    it("of more than one statement's worth are written in order", async () => {
      const events = Array.from({ length: MANY }, (_, index) => message(String(index)));
      await store.write((transaction) => appendEvents(transaction, "d-1", 0, events, NOON));
      const read = await readEvents(store, { afterEventId: 0, limit: MANY });
      expect(read.map(({ sequence, body }) => [sequence, body.message])).toEqual(
        events.map((_, index) => [index + 1, String(index)]),
      );
    });
  });

  describe("hosts", () => {
    const add = (...rows: ReturnType<typeof host>[]) =>
      store.write(async (transaction) => {
        for (const row of rows) await insertHost(transaction, row);
      });

    it("are found by id, name and identifier, the living ones", async () => {
      await add(host("i-1", { host_name: "web-1" }), host("i-2", { host_name: "web-2", retired_at: NOON }));
      expect((await findLivingHostByName(store.db, "web-1"))?.host_id).toBe("i-1");
      expect(await findLivingHostByName(store.db, "web-2")).toBeUndefined();
      const identifier = "arn:aws:ec2:us-east-1:111122223333:instance/";
      expect((await findLivingHostByIdentifier(store.db, `${identifier}i-1`))?.host_id).toBe("i-1");
      expect(await findLivingHostByIdentifier(store.db, `${identifier}i-2`)).toBeUndefined();
      expect((await listLivingHosts(store.db)).map(({ host_id }) => host_id)).toEqual(["i-1"]);
    });

    it("are found in any number", async () => {
      await add(...Array.from({ length: MANY }, (_, index) => host(`i-${index}`)));
      const ids = Array.from({ length: MANY + 5 }, (_, index) => `i-${index}`);
      expect(await findHosts(store.db, ids)).toHaveLength(MANY);
      expect(await findHosts(store.db, [])).toEqual([]);
    });

    it("are listed by name and id, page after page, as asked for", async () => {
      await add(
        host("i-2", { host_name: "a", retired_at: NOON }),
        host("i-1", { host_name: "a" }),
        host("b", { kind: "on-premises" }),
      );
      const ids = async (page: Partial<Parameters<typeof listHosts>[1]>) =>
        (await listHosts(store.db, { limit: 10, show: "all", ...page })).map(({ host_id }) => host_id);
      expect(await ids({})).toEqual(["i-1", "i-2", "b"]);
      expect(await ids({ after: { hostName: "a", hostId: "i-1" }, limit: 2 })).toEqual(["i-2", "b"]);
      expect(await ids({ show: "living" })).toEqual(["i-1", "b"]);
      expect(await ids({ show: "retired" })).toEqual(["i-2"]);
      expect(await ids({ kind: "on-premises" })).toEqual(["b"]);
    });

    it("that are retired keep the first time; a new one of that id takes the place without the history", async () => {
      await add(host("web-1", { kind: "on-premises" }));
      await store.write((transaction) =>
        recordAttempts(transaction, { deployment_id: "d-1", deployment_group_id: "group-1", revision_key: "r" }, [
          { targetId: "web-1", succeeded: true, installed: "whole" },
        ]),
      );
      const again = await store
        .write((transaction) => insertHost(transaction, host("web-1")))
        .catch((error: unknown) => error);
      expect(isUniqueViolation(again)).toBe(true);
      await store.write((transaction) => retireHost(transaction, "web-1", NOON + 1));
      await store.write((transaction) => retireHost(transaction, "web-1", NOON + 2));
      expect((await findHosts(store.db, ["web-1"]))[0]?.retired_at).toBe(NOON + 1);
      await add(host("web-1", { declared_at: NOON + 3 }));
      expect(await findHosts(store.db, ["web-1"])).toMatchObject([{ declared_at: NOON + 3, retired_at: null }]);
      expect(await loadHostHistory(store, "group-1")).toEqual(new Map());
    });
  });
});

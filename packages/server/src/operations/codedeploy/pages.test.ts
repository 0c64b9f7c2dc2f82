import { hostTarget } from "@sluice/engine/target.fixture.ts";
import type { CodeDeployOperations } from "@sluice/wire/generated/codedeploy-shapes.ts";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newHostRow } from "../../hosts/new-host.ts";
import { DEPLOYMENT_REVISION } from "../../store/columns/deployment-columns.ts";
import { deploymentRow, groupRow } from "../../store/rows.fixture.ts";
import type { Database } from "../../store/schema.ts";
import { insertTargets } from "../../store/targets.ts";
import {
  S3_REVISION,
  START,
  type TestCodeDeploy,
  testCodeDeploy,
  withDeployment,
  withGroup,
} from "./codedeploy.fixture.ts";

let codeDeploy: TestCodeDeploy;
let deploymentId: string;
let applicationId: string;
beforeAll(async () => {
  codeDeploy = await testCodeDeploy();
  await withGroup(codeDeploy);
  deploymentId = await withDeployment(codeDeploy);
  applicationId = (await db().selectFrom("applications").select("application_id").executeTakeFirstOrThrow())
    .application_id;
});
afterAll(() => codeDeploy.close());

const db = () => codeDeploy.context.store.db;
const insert = (table: keyof Database, rows: readonly object[]) =>
  db()
    .insertInto(table)
    .values(rows as never)
    .execute();
const remove = (table: keyof Database, column: string, names: readonly string[]) =>
  db()
    .deleteFrom(table)
    .where(column as never, "in", names as never)
    .execute();

interface Listed {
  readonly operation: keyof CodeDeployOperations;
  readonly input: () => object;
  /** The member of the answer, and what an item of the name is in it. */
  readonly member: string;
  readonly add: (names: readonly string[]) => Promise<unknown>;
  readonly drop: (names: readonly string[]) => Promise<unknown>;
}

let ordinal = 0;
const targets = {
  input: () => ({ deploymentId }),
  add: (names: readonly string[]) =>
    codeDeploy.context.store.write(async (transaction) => {
      // In any order, as targets of late hosts come.
      await insertTargets(
        transaction,
        deploymentId,
        names.map((name) => hostTarget(name)),
      );
      for (const name of names) {
        ordinal += 1;
        await transaction.db
          .updateTable("targets")
          .set({ ordinal: 10_000 + ((ordinal * 7919) % 100_000) })
          .where("target_id", "=", name)
          .execute();
      }
    }),
  drop: (names: readonly string[]) => remove("targets", "target_id", names),
};

const LISTINGS: readonly Listed[] = [
  {
    operation: "ListApplications",
    input: () => ({}),
    member: "applications",
    add: (names) =>
      insert(
        "applications",
        names.map((name) => ({
          application_id: name,
          application_name: name,
          compute_platform: "Server",
          created_at: 0,
        })),
      ),
    drop: (names) => remove("applications", "application_name", names),
  },
  {
    operation: "ListDeploymentGroups",
    input: () => ({ applicationName: "MyWebApp" }),
    member: "deploymentGroups",
    add: (names) =>
      insert(
        "deployment_groups",
        names.map((name) =>
          groupRow({ deployment_group_id: name, application_id: applicationId, deployment_group_name: name }),
        ),
      ),
    drop: (names) => remove("deployment_groups", "deployment_group_name", names),
  },
  {
    operation: "ListDeploymentConfigs",
    input: () => ({}),
    member: "deploymentConfigsList",
    add: (names) =>
      insert(
        "deployment_configs",
        names.map((name) => ({
          deployment_config_id: name,
          deployment_config_name: name,
          fields_json: "{}",
          created_at: 0,
        })),
      ),
    drop: (names) => remove("deployment_configs", "deployment_config_name", names),
  },
  {
    operation: "ListDeployments",
    input: () => ({ includeOnlyStatuses: ["Succeeded"] }),
    member: "deployments",
    add: (names) =>
      insert(
        "deployments",
        // Several have the same time.
        names.map((name) => deploymentRow(name, { status: "Succeeded", active: 0, created_at: name.charCodeAt(1) })),
      ),
    drop: (names) => remove("deployments", "deployment_id", names),
  },
  {
    operation: "ListApplicationRevisions",
    input: () => ({ applicationName: "MyWebApp", sortBy: "registerTime", sortOrder: "descending" }),
    member: "revisions",
    add: (names) =>
      insert(
        "revisions",
        names.map((name) => ({
          application_id: applicationId,
          revision_key: name,
          location_json: DEPLOYMENT_REVISION.write({
            ...S3_REVISION,
            s3Location: { ...S3_REVISION.s3Location, key: name },
          }),
          s3_bucket: "my-artifacts",
          s3_key: name,
          description: "",
          registered_at: name.charCodeAt(1),
          first_used_at: null,
          last_used_at: null,
        })),
      ),
    drop: (names) => remove("revisions", "revision_key", names),
  },
  { operation: "ListDeploymentTargets", member: "targetIds", ...targets },
  { operation: "ListDeploymentInstances", member: "instancesList", ...targets },
  {
    operation: "ListOnPremisesInstances",
    input: () => ({ registrationStatus: "Registered" }),
    member: "instanceNames",
    add: (names) =>
      insert(
        "hosts",
        names.map((name) =>
          newHostRow({
            hostId: name,
            hostName: name,
            kind: "on-premises",
            hostIdentifier: name,
            tags: [],
            now: START,
          }),
        ),
      ),
    drop: (names) => remove("hosts", "host_id", names),
  },
];

async function page({ operation, input, member }: Listed, nextToken: string | undefined) {
  const answer = (await codeDeploy.call(operation, { ...input(), nextToken } as never)) as {
    readonly nextToken?: string;
    readonly [member: string]: unknown;
  };
  const names = (answer[member] as readonly (string | { s3Location: { key: string } })[]).map((item) =>
    typeof item === "string" ? item : item.s3Location.key,
  );
  return { names, nextToken: answer.nextToken };
}

const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}${String.fromCharCode(97 + ((index * 7) % 26))}-${index}`);

it.each(LISTINGS)("$operation loses nothing and gives nothing twice while items come and go", async (listing) => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat(99)), async (chances) => {
      round += 1;
      const chance = () => chances.next().value as number;
      const kept = numbered(`k${round}`, 120);
      const dropped = numbered(`d${round}`, 110);
      await listing.add([...kept, ...dropped]);
      let there = [...dropped];
      const seen: string[] = [];
      let nextToken: string | undefined;
      let pages = 0;
      do {
        const read = await page(listing, nextToken);
        seen.push(...read.names);
        nextToken = read.nextToken;
        const gone = new Set(there.filter(() => chance() < 30));
        if (gone.size > 0) await listing.drop([...gone]);
        const added = numbered(`n${round}-${pages}`, pages < 3 ? chance() % 40 : 0);
        if (added.length > 0) await listing.add(added);
        there = [...there.filter((name) => !gone.has(name)), ...added];
        pages += 1;
      } while (nextToken !== undefined);
      await listing.drop([...kept, ...there]);
      expect(pages).toBeGreaterThan(1);
      expect(new Set(seen).size).toBe(seen.length);
      expect(kept.filter((name) => !seen.includes(name))).toEqual([]);
    }),
    { numRuns: 3 },
  );
});

it("gives tokens that no other operation takes, nor the same one for other parameters", async () => {
  const tokens = new Map<string, string>();
  for (const listing of LISTINGS) {
    const names = numbered(`t${listing.operation}`, 130);
    await listing.add(names);
    const { nextToken } = await page(listing, undefined);
    tokens.set(listing.operation, nextToken!);
  }
  expect([...tokens.values()].every((token) => typeof token === "string")).toBe(true);
  const others = [
    ...LISTINGS.map(({ operation, input }) => ({ operation, input: input() })),
    { operation: "ListGitHubAccountTokenNames" as const, input: {} },
  ];
  for (const [givenBy, nextToken] of tokens) {
    for (const { operation, input } of others) {
      const asked = codeDeploy.call(operation, { ...input, nextToken } as never);
      if (operation === givenBy) await asked;
      else await expect(asked).rejects.toMatchObject({ code: "InvalidNextTokenException" });
    }
  }
  const nextToken = tokens.get("ListDeployments");
  await expect(
    codeDeploy.call("ListDeployments", { includeOnlyStatuses: ["Failed"], nextToken }),
  ).rejects.toMatchObject({ code: "InvalidNextTokenException" });
});

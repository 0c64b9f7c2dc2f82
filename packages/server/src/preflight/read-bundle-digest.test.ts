import type { RevisionDigest, RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import { revisionKey } from "@sluice/model/revision-location.ts";
import { afterEach, expect, it } from "vitest";
import { type RunnerFixture, runnerFixture } from "../runner/runner.fixture.ts";
import { SpecificationDesk } from "../signing/specification-desk.ts";
import { createSigningCertificate, loadSigningKey } from "../signing/specification-envelope.ts";
import { DEPLOYMENT_REVISION } from "../store/columns/deployment-columns.ts";
import { readHead } from "../store/deployments.ts";
import { bundleDigest } from "./read-bundle-digest.ts";

const DIGEST = "5".repeat(64);
const OTHER_DIGEST = "6".repeat(64);
const RULE = { type: "HOST_COUNT", value: 0 } as const;
const signal = AbortSignal.timeout(60_000);

let fixture: RunnerFixture;
afterEach(() => fixture.close());

const source = (digest: RevisionSource["digest"]): Pick<RevisionSource, "inspect" | "digest" | "read"> => ({
  inspect: async () => ({ outcome: "found", sizeBytes: 1, eTag: "e" }),
  digest,
  read: async () => Buffer.from("no archive"),
});

async function started(digest: RevisionSource["digest"]): Promise<void> {
  fixture = await runnerFixture(["host-1"], undefined, { revisions: source(digest) });
  await fixture.createDeployment("d-1", RULE);
  while ((await fixture.runner.poll("host-1", signal)) === undefined) signal.throwIfAborted();
}

/** As a server says it that has no memory of the deployment, and whose bucket has another object under the name by now. */
async function signed(): Promise<string> {
  const signingKey = await loadSigningKey(await createSigningCertificate());
  const revisions = source(async () => ({ sha256: OTHER_DIGEST })) as RevisionSource;
  const accessKeys = { ofHost: async () => undefined };
  const desk = new SpecificationDesk({ store: fixture.store, signingKey, revisions, accessKeys });
  const pem = await desk.envelopeOf("d-1");
  return Buffer.from(pem.replace(/-----[^-]+-----/g, ""), "base64").toString("latin1");
}

it("keeps a deployment from starting until it is known, and is the same for all of it, over restarts", async () => {
  const statuses: string[] = [];
  await started(async () => {
    statuses.push(await fixture.statusOf("d-1"));
    return statuses.length < 3 ? { pending: true } : { sha256: DIGEST };
  });
  expect(statuses).toEqual(["Created", "Created", "Created"]);
  const row = await fixture.store.db
    .selectFrom("deployments")
    .select(["deployment_id", "state_json"])
    .executeTakeFirstOrThrow();
  expect(readHead(row).bundle).toEqual({ sha256: DIGEST } satisfies RevisionDigest);
  expect(await signed()).toContain(`"BundleSha256":"${DIGEST}"`);
});

it("that cannot be known is said to be unknown, and keeps no deployment from starting", async () => {
  await started(async () => {
    throw new Error("the store is on fire");
  });
  expect(await signed()).toContain('"BundleSha256Unknown":"the store is on fire"');
});

it("is known from the group's last deployment of a revision that names its bytes, also while the bucket is away", async () => {
  await started(async () => ({ sha256: DIGEST }));
  const { store } = fixture;
  const rename = async (s3Location: { readonly version?: string; readonly eTag?: string }) => {
    const revision = {
      revisionType: "S3",
      s3Location: { bucket: "b", key: "k", bundleType: "zip", ...s3Location },
    } as const;
    const revision_json = DEPLOYMENT_REVISION.write(revision);
    await store.db
      .updateTable("deployments")
      .set({ revision_json, revision_key: revisionKey(revision) })
      .execute();
  };
  await store.db.updateTable("deployments").set({ active: 0 }).execute();
  await fixture.createDeployment("d-2", RULE);
  let asked = 0;
  const revisions = {
    digest: async (): Promise<RevisionDigest> => {
      asked += 1;
      return { unknown: "the bucket is away" };
    },
  };
  const answer = () => bundleDigest({ store, revisions }, "d-2", signal);
  for (const exact of [{ version: "v1" }, { eTag: "e" }]) {
    await rename(exact);
    expect(await answer()).toEqual({ sha256: DIGEST });
  }
  expect(asked).toBe(0);
  await rename({});
  expect(await answer()).toEqual({ unknown: "the bucket is away" });
});

it("whose content is odd is told once, for the deployment, and keeps it from starting as little", async () => {
  await started(async () => ({ sha256: DIGEST }));
  const row = await fixture.store.db
    .selectFrom("deployments")
    .select(["deployment_id", "state_json"])
    .executeTakeFirstOrThrow();
  expect(readHead(row).statusMessages).toEqual([
    expect.stringMatching(/^bundle: The bundle is not a readable \w+: every host fails/),
  ]);
});

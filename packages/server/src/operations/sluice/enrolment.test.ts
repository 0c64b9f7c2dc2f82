import { hostTarget } from "@sluice/engine/target.fixture.ts";
import { formerKeyProof } from "@sluice/wire/sluice/former-key-proof.ts";
import type { CreateEnrolmentTokenInput, EnrolHostInput } from "@sluice/wire/sluice/sluice-api.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TARGET_STATE } from "../../store/columns/target-columns.ts";
import { findHost } from "../../store/hosts.ts";
import { ON_PREMISES_HANDLERS } from "../on-premises/on-premises-operations.ts";
import { type TestInstallation, testInstallation } from "./installation.fixture.ts";
import { SLUICE_HANDLERS } from "./sluice-operations.ts";

const { CreateEnrolmentToken, DeclareHost, EnrolHost, ListHosts, RemoveHost } = SLUICE_HANDLERS;
const prod = { Key: "Environment", Value: "prod" };
const web = { Key: "Role", Value: "web" };
let here: TestInstallation;

const newToken = async (input: CreateEnrolmentTokenInput = {}) =>
  (await CreateEnrolmentToken(input, here.context)).token;
const enrol = async (input: Partial<EnrolHostInput> & { hostName: string }) =>
  EnrolHost({ token: input.token ?? (await newToken()), ...input }, here.context);
const list = async (includeRetired = false) => (await ListHosts({ includeRetired }, here.context)).hosts;
const tokens = () => here.context.store.db.selectFrom("enrolment_tokens").selectAll().execute();

beforeEach(async () => {
  here = await testInstallation();
});
afterEach(() => here.close());

describe("an enrolment token", () => {
  it("is stored as a hash only, and lives an hour for one host", async () => {
    const { token, expiresAt } = await CreateEnrolmentToken({ tags: [prod] }, here.context);
    expect(expiresAt.getTime()).toBe(here.clock.now + 3_600_000);
    const [row, ...others] = await tokens();
    expect(others).toEqual([]);
    expect(row).toMatchObject({ uses_left: 1, tags_json: JSON.stringify([prod]) });
    expect(row?.secret_sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(token).not.toContain(row?.secret_sha256);
  });

  it.each([
    [{ uses: 0 }, "InvalidTokenRequestException"],
    [{ uses: 1.5 }, "InvalidTokenRequestException"],
    [{ uses: 10_001 }, "InvalidTokenRequestException"],
    [{ expiresInSeconds: 0 }, "InvalidTokenRequestException"],
    [{ expiresInSeconds: 31_536_001 }, "InvalidTokenRequestException"],
    [{ tags: [prod, prod] }, "InvalidTagException"],
    [{ tags: [{ Key: "", Value: "x" }] }, "InvalidTagException"],
  ])("is not made of %j", async (input, code) => {
    await expect(CreateEnrolmentToken(input, here.context)).rejects.toMatchObject({ code });
  });

  it("enrols as many hosts as it has uses", async () => {
    const token = await newToken({ uses: 2 });
    const results = await Promise.allSettled(["a", "b", "c"].map((hostName) => enrol({ token, hostName })));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
    await expect(enrol({ token, hostName: "d" })).rejects.toMatchObject({
      code: "EnrolmentTokenInvalidException",
      message: expect.stringContaining("no uses left"),
    });
    expect(await list()).toHaveLength(2);
  });

  it("pays once for an enrolment whose answer was lost and that is asked for again", async () => {
    const token = await newToken({ tags: [prod] });
    const clientToken = "a".repeat(32);
    const first = await enrol({ token, hostName: "a", clientToken });
    expect(await enrol({ token, hostName: "a", clientToken })).toEqual(first);
    expect(await list()).toHaveLength(1);
    // Neither another host nor anybody later gets the key.
    await expect(enrol({ token, hostName: "b", clientToken })).rejects.toThrow("used by another enrolment");
    here.clock.now += 600_001;
    await expect(enrol({ token, hostName: "a", clientToken })).rejects.toThrow("used by another enrolment");
    await expect(enrol({ hostName: "c", clientToken: "short" })).rejects.toMatchObject({ code: "ValidationException" });
  });

  it("is not spent by an enrolment that is refused", async () => {
    const token = await newToken();
    await expect(enrol({ token, hostName: "a", tags: [web] })).rejects.toMatchObject({ code: "InvalidTagException" });
    await expect(enrol({ token, hostName: "../a" })).rejects.toMatchObject({ code: "InvalidHostNameException" });
    await expect(enrol({ token, hostName: "a" })).resolves.toMatchObject({ region: "us-east-1" });
  });

  it("is refused when it is expired, of another server, changed, or no token", async () => {
    const token = await newToken({ expiresInSeconds: 60 });
    const other = await testInstallation();
    try {
      const foreign = (await CreateEnrolmentToken({}, other.context)).token;
      await expect(enrol({ token: foreign, hostName: "a" })).rejects.toThrow("not one of this server's");
    } finally {
      await other.close();
    }
    here.clock.now += 60_000;
    await expect(enrol({ token, hostName: "a" })).rejects.toThrow("expired at 2026-11-23T18:01:00.000Z");
    for (const damaged of ["", "rubbish", token.slice(0, -20)]) {
      await expect(enrol({ token: damaged, hostName: "a" })).rejects.toMatchObject({
        code: "EnrolmentTokenInvalidException",
      });
    }
  });

  it("is refused with another's secret", async () => {
    const token = await newToken();
    await here.context.store.write(({ db }) =>
      db
        .updateTable("enrolment_tokens")
        .set({ secret_sha256: "0".repeat(64) })
        .execute(),
    );
    await expect(enrol({ token, hostName: "a" })).rejects.toThrow("not one of this server's");
  });
});

describe("enrolling", () => {
  it("gives an instance its id, ARN, key and the certificate to pin", async () => {
    const enrolled = await enrol({ hostName: "web-1", zone: "z-1", address: "10.0.0.7", agentVersion: "0.1.0" });
    expect(enrolled).toEqual({
      hostId: expect.stringMatching(/^i-[0-9a-f]{17}$/),
      hostIdentifier: `arn:aws:ec2:us-east-1:111122223333:instance/${enrolled.hostId}`,
      accessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
      secretAccessKey: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
      region: "us-east-1",
      accountId: "111122223333",
      signingCertificate: "-----BEGIN CERTIFICATE-----\n",
    });
    expect(await here.context.store.db.selectFrom("access_keys").selectAll().execute()).toMatchObject([
      {
        access_key_id: enrolled.accessKeyId,
        secret_access_key: enrolled.secretAccessKey,
        role: "host",
        host_id: enrolled.hostId,
        function_name: null,
        description: null,
        created_at: here.clock.now,
      },
    ]);
    expect(await list()).toEqual([
      expect.objectContaining({
        hostName: "web-1",
        kind: "instance",
        state: "enrolled",
        zone: "z-1",
        agentVersion: "0.1.0",
      }),
    ]);
  });

  it("gives an on-premises host its name as id, and an IAM user's ARN", async () => {
    const enrolled = await enrol({ hostName: "rack-7", onPremises: true });
    expect(enrolled).toMatchObject({
      hostId: "rack-7",
      hostIdentifier: "arn:aws:iam::111122223333:user/sluice/rack-7",
    });
    const { instanceInfo } = await ON_PREMISES_HANDLERS.GetOnPremisesInstance({ instanceName: "rack-7" }, here.context);
    expect(instanceInfo).toMatchObject({
      iamUserArn: "arn:aws:iam::111122223333:user/sluice/rack-7",
      instanceArn: expect.stringMatching(/instance\/rack-7_[A-Za-z0-9]{10}$/),
    });
  });

  it("grants the token's tags, or those of them that are asked for, and no other", async () => {
    const token = await newToken({ tags: [prod, web], uses: 9 });
    const tagsOf = async (hostName: string) => (await list()).find((host) => host.hostName === hostName)?.tags;
    await enrol({ token, hostName: "all" });
    await enrol({ token, hostName: "some", tags: [web] });
    expect(await tagsOf("all")).toEqual([prod, web]);
    expect(await tagsOf("some")).toEqual([web]);
    for (const tag of [
      { Key: "Environment", Value: "test" },
      { Key: "Owner", Value: "me" },
    ]) {
      await expect(enrol({ token, hostName: "none", tags: [web, tag] })).rejects.toThrow(`${tag.Key}=${tag.Value}`);
    }
    expect(await tagsOf("none")).toBeUndefined();
  });

  it("refuses the name of an enrolled host until that is removed", async () => {
    const first = await enrol({ hostName: "web-1" });
    await expect(enrol({ hostName: "web-1" })).rejects.toMatchObject({
      code: "HostAlreadyExistsException",
      message: expect.stringContaining("sluice hosts remove web-1"),
    });
    await RemoveHost({ host: "web-1" }, here.context);
    const second = await enrol({ hostName: "web-1" });
    expect(second.hostId).not.toBe(first.hostId);
    expect((await list(true)).map(({ state }) => state).sort()).toEqual(["enrolled", "retired"]);
  });
});

describe("a declared host", () => {
  it("is adopted by name, and keeps its id, tags and zone", async () => {
    const { host } = await DeclareHost({ hostName: "web-3", tags: [prod], zone: "z-1" }, here.context);
    expect(host).toMatchObject({ state: "declared", tags: [prod], runningCommands: 0 });
    const enrolled = await enrol({ hostName: "web-3", zone: "z-9" });
    expect(enrolled.hostId).toBe(host.hostId);
    const [adopted, ...others] = await list();
    expect(others).toEqual([]);
    expect(adopted).toMatchObject({ hostId: host.hostId, state: "enrolled", tags: [prod], zone: "z-1" });
  });

  it("is the instance that EC2 knows, where its id was given", async () => {
    const instanceId = "i-0123456789abcdef0";
    const { host } = await DeclareHost({ hostName: "web-3", instanceId }, here.context);
    expect(host.hostId).toBe(instanceId);
    expect(await enrol({ hostName: "web-3" })).toMatchObject({
      hostId: instanceId,
      hostIdentifier: expect.stringMatching(`:instance/${instanceId}$`),
    });
    await expect(DeclareHost({ hostName: "web-4", instanceId }, here.context)).rejects.toThrow(
      `The instance ${instanceId} is the host web-3 already`,
    );
    await RemoveHost({ host: "web-3" }, here.context);
    await DeclareHost({ hostName: "web-4", instanceId }, here.context);
    expect((await list(true)).map(({ hostName, hostId }) => [hostName, hostId])).toEqual([["web-4", instanceId]]);
    for (const wrong of ["", "web-3", "i-0123", `${instanceId}0`, "i-0123456789ABCDEF0"]) {
      const declared = DeclareHost({ hostName: "web-5", instanceId: wrong }, here.context);
      await expect(declared).rejects.toMatchObject({ code: "ValidationException" });
    }
  });

  it("takes the token's tags beside its own, of which its own win", async () => {
    await DeclareHost({ hostName: "web-3", tags: [prod] }, here.context);
    const token = await newToken({ tags: [prod, web] });
    await enrol({ token, hostName: "web-3" });
    expect((await list())[0]?.tags).toEqual([prod, web]);
  });

  it("is not opened by a token that was made for other tags", async () => {
    await DeclareHost({ hostName: "web-3", tags: [prod] }, here.context);
    const token = await newToken({ tags: [{ Key: "Environment", Value: "test" }] });
    await expect(enrol({ token, hostName: "web-3" })).rejects.toThrow("Environment=prod, which the enrolment token");
  });

  it("is adopted on premises when it was registered, with its registered ARN", async () => {
    const iamUserArn = "arn:aws:iam::111122223333:user/CodeDeploy/rack-7";
    await ON_PREMISES_HANDLERS.RegisterOnPremisesInstance({ instanceName: "rack-7", iamUserArn }, here.context);
    await expect(enrol({ hostName: "rack-7" })).rejects.toThrow("--on-premises");
    const enrolled = await enrol({ hostName: "rack-7", onPremises: true });
    expect(enrolled).toMatchObject({ hostId: "rack-7", hostIdentifier: iamUserArn });
  });

  it("has a name of its own", async () => {
    await DeclareHost({ hostName: "web-3" }, here.context);
    await expect(DeclareHost({ hostName: "web-3" }, here.context)).rejects.toMatchObject({
      code: "HostAlreadyExistsException",
    });
    await expect(enrol({ hostName: "web-3", onPremises: true })).rejects.toThrow("without --on-premises");
    for (const hostName of ["", "a b", "i-0123", ".."]) {
      await expect(DeclareHost({ hostName }, here.context)).rejects.toMatchObject({ code: "InvalidHostNameException" });
    }
  });
});

describe("listing and removing", () => {
  it("tells declared, alive, dark and retired hosts apart", async () => {
    await DeclareHost({ hostName: "a-declared" }, here.context);
    const alive = await enrol({ hostName: "b-alive" });
    const dark = await enrol({ hostName: "c-dark" });
    here.context.liveness.seen(dark.hostId, here.clock.now, "sluice", "0.2.0");
    await enrol({ hostName: "d-retired" });
    await RemoveHost({ host: "d-retired" }, here.context);
    here.clock.now += 15_000;
    here.context.liveness.seen(alive.hostId, here.clock.now, "sluice", "0.2.0");
    const states = (await list(true)).map(({ hostName, state }) => `${hostName}: ${state}`);
    expect(states).toEqual(["a-declared: declared", "b-alive: alive", "c-dark: dark", "d-retired: retired"]);
    expect((await list()).map(({ hostName }) => hostName)).toEqual(["a-declared", "b-alive", "c-dark"]);
    expect((await list())[1]).toMatchObject({ lastSeenAt: new Date(here.clock.now), agentVersion: "0.2.0" });
  });

  it("pages", async () => {
    const token = await newToken({ uses: 250 });
    const names = Array.from({ length: 250 }, (_, index) => `web-${String(index).padStart(3, "0")}`);
    await Promise.all(names.map((hostName) => enrol({ token, hostName })));
    const found: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await ListHosts({ nextToken }, here.context);
      found.push(...page.hosts.map(({ hostName }) => hostName));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(found).toEqual(names);
  });

  it("counts the commands that a host holds", async () => {
    const { hostId } = await enrol({ hostName: "web-1" });
    const target = {
      target_id: hostId,
      type: "host" as const,
      ordinal: 0,
      status: "InProgress" as const,
      state_json: TARGET_STATE.write(hostTarget(hostId)),
      updated_at: 1,
    };
    await here.context.store.write(async ({ db }) => {
      await db
        .insertInto("targets")
        .values([
          { ...target, deployment_id: "d-1", command_state: "acknowledged" },
          { ...target, deployment_id: "d-2", command_state: "acknowledged" },
          { ...target, deployment_id: "d-3", command_state: "available" },
          { ...target, deployment_id: "d-4", command_state: null },
        ])
        .execute();
    });
    expect((await list())[0]?.runningCommands).toBe(2);
  });

  it("removes by name or id, takes the key away, and may be repeated by id", async () => {
    const { hostId } = await enrol({ hostName: "web-1" });
    const { host } = await RemoveHost({ host: hostId }, here.context);
    expect(here.departures).toEqual([hostId]);
    expect(host).toMatchObject({ hostId, state: "retired" });
    expect(await here.context.store.db.selectFrom("access_keys").selectAll().execute()).toEqual([]);
    here.clock.now += 1000;
    await RemoveHost({ host: hostId }, here.context);
    expect((await findHost(here.context.store.db, hostId))?.retired_at).toBe(here.clock.now - 1000);
    await expect(RemoveHost({ host: "web-1" }, here.context)).rejects.toMatchObject({
      code: "HostDoesNotExistException",
    });
  });
});

describe("enrolling again", () => {
  const clientToken = "b".repeat(32);
  const keysOf = (hostId: string) =>
    here.context.store.db.selectFrom("access_keys").selectAll().where("host_id", "=", hostId).execute();
  let token: string;
  beforeEach(async () => {
    token = await newToken();
  });
  const proofOf = (secretAccessKey: string, about: Partial<Parameters<typeof formerKeyProof>[1]> = {}) =>
    formerKeyProof(secretAccessKey, { clientToken, hostName: "web-1", token, ...about });

  it("keeps the id and the tags of the host whose key the machine has, and replaces the key", async () => {
    const first = await enrol({ hostName: "web-1", zone: "z-1", token: await newToken({ tags: [prod, web] }) });
    token = await newToken({ tags: [{ Key: "Role", Value: "db" }] });
    const input = {
      hostName: "web-1",
      clientToken,
      formerAccessKeyId: first.accessKeyId,
      formerKeyProof: proofOf(first.secretAccessKey),
    };
    const second = await enrol({ ...input, token });
    expect(second).toMatchObject({ hostId: first.hostId, hostIdentifier: first.hostIdentifier });
    expect(await keysOf(first.hostId)).toEqual([
      expect.objectContaining({ access_key_id: second.accessKeyId, secret_access_key: second.secretAccessKey }),
    ]);
    expect(await list()).toEqual([
      expect.objectContaining({ hostId: first.hostId, zone: "z-1", tags: [prod, { Key: "Role", Value: "db" }] }),
    ]);
    // The answer was lost, and the key that proved it is gone.
    expect(await enrol({ ...input, token })).toEqual(second);
  });

  it("is refused to another machine: without the key, with another's, with a proof for another enrolment", async () => {
    const first = await enrol({ hostName: "web-1" });
    const other = await enrol({ hostName: "web-2" });
    const former = { hostName: "web-1", clientToken, formerAccessKeyId: first.accessKeyId };
    for (const refused of [
      { hostName: "web-1" },
      { ...former, formerKeyProof: proofOf("guessed") },
      { ...former, formerKeyProof: "" },
      { ...former, formerKeyProof: proofOf(first.secretAccessKey, { hostName: "web-2" }) },
      { ...former, formerKeyProof: proofOf(first.secretAccessKey, { clientToken: "c".repeat(32) }) },
      // As the server to which it moved got it.
      { ...former, formerKeyProof: proofOf(first.secretAccessKey, { token: "slt_of-another-server" }) },
      { ...former, formerAccessKeyId: other.accessKeyId, formerKeyProof: proofOf(other.secretAccessKey) },
    ]) {
      await expect(enrol({ ...refused, token })).rejects.toMatchObject({
        code: "HostAlreadyExistsException",
        message: expect.stringContaining("enrol with --force in its agent's own --data directory"),
      });
    }
    expect(await keysOf(first.hostId)).toHaveLength(1);
  });

  it("makes a new host of one that was removed", async () => {
    const first = await enrol({ hostName: "web-1" });
    await RemoveHost({ host: "web-1" }, here.context);
    const former = { formerAccessKeyId: first.accessKeyId, formerKeyProof: proofOf(first.secretAccessKey) };
    const second = await enrol({ hostName: "web-1", token, clientToken, ...former });
    expect(second.hostId).not.toBe(first.hostId);
  });
});

describe("the tag Name of a host that was given a name", () => {
  const tagsOf = async (hostName: string) => (await list()).find((host) => host.hostName === hostName)?.tags;
  const named = (name: string) => ({ Key: "Name", Value: name });

  it("is its name, beside the token's tags", async () => {
    await enrol({ hostName: "web-1", nameTag: true, token: await newToken({ tags: [prod] }) });
    await enrol({ hostName: "web-2", token: await newToken({ tags: [prod] }) });
    expect(await tagsOf("web-1")).toEqual([prod, named("web-1")]);
    expect(await tagsOf("web-2")).toEqual([prod]);
  });

  it("is the token's where that has one, and is left out where ten tags are full", async () => {
    await enrol({ hostName: "web-1", nameTag: true, token: await newToken({ tags: [named("front")] }) });
    expect(await tagsOf("web-1")).toEqual([named("front")]);
    await enrol({
      hostName: "web-2",
      nameTag: true,
      token: await newToken({ tags: [prod, named("x")] }),
      tags: [prod],
    });
    expect(await tagsOf("web-2")).toEqual([prod]);
    const ten = Array.from({ length: 10 }, (_, index) => ({ Key: `k${index}`, Value: "" }));
    await enrol({ hostName: "web-3", nameTag: true, token: await newToken({ tags: ten }) });
    expect(await tagsOf("web-3")).toHaveLength(10);
  });
});

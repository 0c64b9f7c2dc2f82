import type { LifecycleEventState, TargetState } from "@sluice/engine/state.ts";
import { hostCommand, hostEvent, hostTarget } from "@sluice/engine/target.fixture.ts";
import { formatHostCommandIdentifier, type HostCommandKey } from "@sluice/model/host-command.ts";
import { MAX_HELD_COMMANDS, MAX_LOG_CHUNK_TEXT_CHARACTERS, MAX_SCRIPT_NAME_CHARACTERS } from "@sluice/model/limits.ts";
import type { LogChunk } from "@sluice/wire/sluice/sluice-api.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { authorize } from "../../access/authorize.ts";
import type { Principal } from "../../access/principal.ts";
import { newHostRow } from "../../hosts/new-host.ts";
import { TARGET_STATE } from "../../store/columns/target-columns.ts";
import { DatabaseAwayError } from "../../store/database-away.ts";
import { insertHost } from "../../store/hosts.ts";
import { deploymentRow } from "../../store/rows.fixture.ts";
import { type TestInstallation, testInstallation } from "./installation.fixture.ts";
import { SLUICE_HANDLERS } from "./sluice-operations.ts";

const { GetDeploymentLogs, HostHeartbeat, PutHostLogs } = SLUICE_HANDLERS;
const DEPLOYMENT = "d-A1B2C3111";
const arn = (hostId: string) => `arn:aws:ec2:us-east-1:111122223333:instance/${hostId}`;
const keyOf = (hostId: string): Principal => ({ role: "host", accessKeyId: `AKIA-${hostId}`, hostId });
let here: TestInstallation;

async function addHost(hostId: string, hostName: string): Promise<void> {
  const row = newHostRow({ hostId, hostName, kind: "instance", hostIdentifier: arn(hostId), tags: [], now: 1000 });
  await here.context.store.write(async (transaction) => {
    await insertHost(transaction, { ...row, enrolled_at: 1000 });
    await transaction.db
      .insertInto("targets")
      .values({
        deployment_id: DEPLOYMENT,
        target_id: hostId,
        type: "host",
        ordinal: 0,
        status: "InProgress",
        command_state: "acknowledged",
        state_json: TARGET_STATE.write(targetAtWork(hostId)),
        updated_at: 1,
      })
      .execute();
  });
}

/** Runs ApplicationStart, by the offer "o"; ended BeforeInstall a minute ago and ApplicationStop eleven. */
function targetAtWork(hostId: string): TargetState {
  const { now } = here.clock;
  const event = (name: LifecycleEventState["name"], startedAt: number | null, endedAt: number | null) =>
    hostEvent(name, { status: "Succeeded", startedAt, endedAt });
  return hostTarget(hostId, {
    status: "InProgress",
    lifecycleEvents: [
      event("ApplicationStop", 1, now - 11 * 60_000),
      event("BeforeInstall", 1, now - 60_000),
      event("ApplicationStart", 1, null),
      event("ValidateService", null, null),
    ],
    command: hostCommand("ApplicationStart", { availableAt: 1, acknowledgedAt: 1, acknowledgedOffer: "o" }),
    updatedAt: now,
  });
}

async function addDeployment(): Promise<void> {
  const row = deploymentRow(DEPLOYMENT, { status: "InProgress", advancing: 1 });
  await here.context.store.write(({ db }) => db.insertInto("deployments").values(row).execute());
}

const endDeployment = () =>
  here.context.store.write(({ db }) => db.updateTable("deployments").set({ active: 0, status: "Succeeded" }).execute());

function identifierOf(hostId: string, more: Partial<HostCommandKey> = {}): string {
  const key = {
    deploymentId: DEPLOYMENT,
    event: "ApplicationStart",
    attempt: 1,
    offer: "o",
    targetId: hostId,
  } as const;
  return formatHostCommandIdentifier({ ...key, ...more });
}

function chunk(hostId: string, sequence: number, more: Partial<LogChunk> = {}): LogChunk {
  return {
    hostCommandIdentifier: identifierOf(hostId),
    sequence,
    at: new Date(1_700_000_000_000 + sequence),
    stream: "stdout",
    scriptName: "start.sh",
    text: `${hostId} ${sequence}\n`,
    ...more,
  };
}
const put = (hostId: string, ...chunks: LogChunk[]) =>
  PutHostLogs({ hostIdentifier: arn(hostId), chunks }, here.as(keyOf(hostId)));

beforeEach(async () => {
  here = await testInstallation();
  await addHost("i-1", "web-1");
  await addHost("i-2", "web-2");
  await addDeployment();
});
afterEach(() => here.close());

describe("a heartbeat", () => {
  const beat = (hostId: string, principal: Principal, more = {}) =>
    HostHeartbeat({ hostIdentifier: arn(hostId), heldCommands: ["c-1"], ...more }, here.as(principal));
  const liveness = async () => (await here.context.liveness.observe(here.context.store, ["i-1"])).get("i-1");

  it("keeps the host alive and tells the runner what the host holds", async () => {
    here.clock.now += 60_000;
    expect(await beat("i-1", keyOf("i-1"), { agentVersion: "0.3.0" })).toEqual({ intervalSeconds: 5 });
    expect(here.heartbeats).toEqual([{ hostId: "i-1", heldCommands: ["c-1"] }]);
    expect(await liveness()).toMatchObject({ lastSeenAt: here.clock.now, goodbyeAt: null });
  });

  it("is answered while the database is away or hangs, and nothing of what the host holds is judged", async () => {
    const troubles = {
      "is refused": () => Promise.reject(new DatabaseAwayError("ECONNREFUSED")),
      "has no answer": () => new Promise<never>(() => {}),
    };
    for (const [outcome, trouble] of Object.entries(troubles)) {
      const runner = { ...here.context.runner, heartbeat: trouble };
      const call = { hostIdentifier: arn("i-1"), heldCommands: [] };
      // The server's own proves nothing then: begun before the host's, it has no answer when that has one.
      let own = "has no answer";
      const ends = HostHeartbeat(call, { ...here.as({ role: "server", accessKeyId: "A", hostId: null }), runner }).then(
        () => {
          own = "is answered";
        },
        () => {
          own = "is refused";
        },
      );
      expect(await HostHeartbeat(call, { ...here.as(keyOf("i-1")), runner })).toEqual({ intervalSeconds: 5 });
      if (outcome === "is refused") await ends;
      expect(own).toBe(outcome);
    }
  });

  it("is not answered as if all were well when the server has a fault of its own", async () => {
    const heartbeat = () => Promise.reject(new TypeError("undefined is not iterable"));
    const call = { hostIdentifier: arn("i-1"), heldCommands: [] };
    const context = { ...here.as(keyOf("i-1")), runner: { ...here.context.runner, heartbeat } };
    await expect(HostHeartbeat(call, context)).rejects.toThrow(TypeError);
  });

  it("says goodbye", async () => {
    await beat("i-1", keyOf("i-1"), { goodbye: true, heldCommands: [] });
    expect(await liveness()).toMatchObject({ goodbyeAt: here.clock.now });
    expect(here.departures).toEqual(["i-1"]);
    await beat("i-1", keyOf("i-1"));
    expect(await liveness()).toMatchObject({ goodbyeAt: null });
  });

  it("is taken from the host's own key and from root, and from nobody else", async () => {
    await expect(beat("i-1", here.context.principal)).resolves.toBeDefined();
    const others: Principal[] = [
      keyOf("i-2"),
      { role: "host", accessKeyId: "A", hostId: null },
      { role: "read-only", accessKeyId: "A", hostId: null },
    ];
    for (const principal of others) {
      await expect(beat("i-1", principal)).rejects.toMatchObject({ code: "AccessDeniedException" });
    }
    await expect(beat("i-9", keyOf("i-9"))).rejects.toMatchObject({ code: "AccessDeniedException" });
    expect(here.heartbeats).toHaveLength(1);
  });

  it.each([
    ["more commands than any agent holds", Array.from({ length: MAX_HELD_COMMANDS + 1 }, (_, index) => `c-${index}`)],
    ["an identifier that is none", ["c".repeat(3_900_000)]],
  ])("is refused with %s, in few words", async (_what, heldCommands) => {
    const error = await beat("i-1", keyOf("i-1"), { heldCommands }).catch((reason: Error) => reason);
    expect(error).toMatchObject({ code: "ValidationException" });
    expect((error as Error).message.length).toBeLessThan(400);
    expect(here.heartbeats).toEqual([]);
  });

  it("does not count as holding nothing when the list is missing", async () => {
    await expect(beat("i-1", keyOf("i-1"), { heldCommands: undefined })).rejects.toMatchObject({
      code: "ValidationException",
    });
    expect(here.heartbeats).toEqual([]);
  });
});

describe("hook output", () => {
  it("is read back with hosts, events and times, once however often it is sent", async () => {
    await put("i-1", chunk("i-1", 0), chunk("i-1", 1, { stream: "stderr" }));
    await put("i-1", chunk("i-1", 0), chunk("i-1", 1, { stream: "stderr" }));
    await put("i-2", chunk("i-2", 0));
    const answer = await GetDeploymentLogs({ deploymentId: DEPLOYMENT }, here.context);
    expect(answer.ended).toBe(false);
    expect(answer.entries).toEqual([
      {
        targetId: "i-1",
        hostName: "web-1",
        lifecycleEvent: "ApplicationStart",
        at: new Date(1_700_000_000_000),
        stream: "stdout",
        scriptName: "start.sh",
        text: "i-1 0\n",
      },
      expect.objectContaining({ targetId: "i-1", stream: "stderr", text: "i-1 1\n" }),
      expect.objectContaining({ targetId: "i-2", hostName: "web-2", text: "i-2 0\n" }),
    ]);
    const one = await GetDeploymentLogs({ deploymentId: DEPLOYMENT, targetId: "i-2" }, here.context);
    expect(one.entries.map(({ text }) => text)).toEqual(["i-2 0\n"]);
  });

  it("is taken from the host whose command it is, and from nobody else", async () => {
    await expect(
      PutHostLogs({ hostIdentifier: arn("i-1"), chunks: [chunk("i-1", 0)] }, here.as(keyOf("i-2"))),
    ).rejects.toMatchObject({ code: "AccessDeniedException" });
    await expect(put("i-2", chunk("i-2", 0), chunk("i-1", 0))).rejects.toMatchObject({ code: "AccessDeniedException" });
    expect((await GetDeploymentLogs({ deploymentId: DEPLOYMENT }, here.context)).entries).toEqual([]);
  });

  it("of a deployment that never meant the host is refused, and writes nothing", async () => {
    for (const deploymentId of ["d-OTHER0000", "..", "../../etc"]) {
      const hostCommandIdentifier = identifierOf("i-1", { deploymentId, event: "Install" });
      const foreign = chunk("i-1", 0, { hostCommandIdentifier });
      await expect(put("i-1", foreign)).rejects.toMatchObject({ code: "LogDoesNotExistException" });
    }
  });

  it("of an event that ended before an outage is taken for as long after it", async () => {
    const { now } = here.clock;
    const minute = 60_000;
    // Deaf from half a minute after the event's end until a minute ago.
    const heard = [
      { from: 0, until: now - 10.5 * minute },
      { from: now - minute, until: now },
    ];
    vi.spyOn(here.context.liveness, "heardTime").mockReturnValue(heard);
    await put("i-1", chunk("i-1", 0, { hostCommandIdentifier: identifierOf("i-1", { event: "ApplicationStop" }) }));
    expect((await GetDeploymentLogs({ deploymentId: DEPLOYMENT }, here.context)).entries).toHaveLength(1);
  });

  it.each([
    ["an event that has not begun", { event: "ValidateService" }],
    ["an event that the host was never to run", { event: "AfterInstall" }],
    ["an event that ended more than ten minutes ago", { event: "ApplicationStop" }],
    ["another offer than the host acknowledged", { offer: "other" }],
    ["another attempt", { attempt: 7 }],
  ] as const)("of %s is refused, and the rest of its batch is kept", async (_what, more) => {
    const refused = chunk("i-1", 0, { hostCommandIdentifier: identifierOf("i-1", more) });
    await expect(put("i-1", refused, chunk("i-1", 0))).rejects.toMatchObject({
      code: "LogDoesNotExistException",
      message: expect.stringContaining("is not kept"),
    });
    expect((await GetDeploymentLogs({ deploymentId: DEPLOYMENT }, here.context)).entries).toHaveLength(1);
  });

  it("that comes within ten minutes of its event's end is kept", async () => {
    await put("i-1", chunk("i-1", 0, { hostCommandIdentifier: identifierOf("i-1", { event: "BeforeInstall" }) }));
    expect((await GetDeploymentLogs({ deploymentId: DEPLOYMENT }, here.context)).entries).toHaveLength(1);
  });

  it("with an identifier of megabytes is refused in few words, and leaves nothing on the disk", async () => {
    const hostCommandIdentifier = identifierOf("i-1", { offer: "o".repeat(3_900_000) });
    const error = await put("i-1", chunk("i-1", 0, { hostCommandIdentifier })).catch((reason: Error) => reason);
    expect(error).toMatchObject({ code: "ValidationException" });
    expect((error as Error).message.length).toBeLessThan(400);
    expect(await here.context.logs.bytesOf(DEPLOYMENT)).toBe(0);
  });

  it("keeps a script's name that is too long shortened, and says so", async () => {
    await put("i-1", chunk("i-1", 0, { scriptName: `a/${"b".repeat(100_000)}` }));
    const { entries } = await GetDeploymentLogs({ deploymentId: DEPLOYMENT }, here.context);
    expect(entries[0]?.scriptName).toMatch(/^a\/b+… \[cut: 100002 characters\]$/);
    expect(entries[0]?.scriptName).toHaveLength(MAX_SCRIPT_NAME_CHARACTERS);
  });

  it.each([
    [{ hostCommandIdentifier: "rubbish" }],
    [{ text: "x".repeat(MAX_LOG_CHUNK_TEXT_CHARACTERS + 1) }],
    [{ stream: "x".repeat(1_000_000) as "stdout" }],
    [{ sequence: -1 }],
    [{ sequence: 0.5 }],
    [{ stream: "stdin" as "stdout" }],
    [{ at: new Date(Number.NaN) }],
    [{ text: undefined as unknown as string }],
  ])("is refused with %j", async (wrong) => {
    await expect(put("i-1", chunk("i-1", 0, wrong))).rejects.toMatchObject({ code: "ValidationException" });
  });

  it("may be empty", async () => {
    expect(await put("i-1")).toEqual({});
  });
});

describe("reading logs", () => {
  it("goes on behind the cursor until the deployment is over and all is read", async () => {
    await put("i-1", chunk("i-1", 0));
    const first = await GetDeploymentLogs({ deploymentId: DEPLOYMENT }, here.context);
    const idle = await GetDeploymentLogs({ deploymentId: DEPLOYMENT, cursor: first.cursor }, here.context);
    expect(idle).toEqual({ entries: [], cursor: first.cursor, ended: false });
    await put("i-1", chunk("i-1", 1));
    await endDeployment();
    const last = await GetDeploymentLogs({ deploymentId: DEPLOYMENT, cursor: first.cursor }, here.context);
    expect(last).toMatchObject({ entries: [{ text: "i-1 1\n" }], ended: true });
  });

  it("waits for output, and for the end", async () => {
    const output = GetDeploymentLogs({ deploymentId: DEPLOYMENT, waitSeconds: 20 }, here.context);
    await put("i-1", chunk("i-1", 0));
    const { entries, cursor } = await output;
    expect(entries).toHaveLength(1);
    const end = GetDeploymentLogs({ deploymentId: DEPLOYMENT, cursor, waitSeconds: 20 }, here.context);
    await endDeployment();
    here.context.logs.wake(DEPLOYMENT);
    expect(await end).toEqual({ entries: [], cursor, ended: true });
  });

  it("passes over the output of others while it waits", async () => {
    const waiting = GetDeploymentLogs({ deploymentId: DEPLOYMENT, targetId: "i-2", waitSeconds: 20 }, here.context);
    await put("i-1", chunk("i-1", 0));
    await put("i-2", chunk("i-2", 0));
    expect((await waiting).entries.map(({ text }) => text)).toEqual(["i-2 0\n"]);
  });

  it("lets its callers go when the server closes", async () => {
    const waiting = GetDeploymentLogs({ deploymentId: DEPLOYMENT, waitSeconds: 20 }, here.context);
    await here.context.logs.close();
    expect(await waiting).toMatchObject({ entries: [], ended: false });
  });

  it.each([
    [{ deploymentId: "" }, "DeploymentIdRequiredException"],
    [{ deploymentId: "d-NOBODY000" }, "DeploymentDoesNotExistException"],
    [{ deploymentId: "../etc" }, "DeploymentDoesNotExistException"],
    [{ deploymentId: DEPLOYMENT, waitSeconds: 21 }, "ValidationException"],
    [{ deploymentId: DEPLOYMENT, cursor: "rubbish" }, "InvalidNextTokenException"],
    // A place in the log, as nothing but this server may write it.
    [{ deploymentId: DEPLOYMENT, cursor: Buffer.from("0").toString("base64url") }, "InvalidNextTokenException"],
  ])("refuses %j", async (input, code) => {
    await expect(GetDeploymentLogs(input, here.context)).rejects.toMatchObject({ code });
  });
});

it.each(["version", "state"])("refuses a report of an upgrade without its %s", async (missing) => {
  const report = { version: "0.3.0", state: "done", [missing]: undefined } as never;
  const heartbeat = { hostIdentifier: arn("i-1"), heldCommands: [], agentUpgrade: report };
  await expect(HostHeartbeat(heartbeat, here.as(keyOf("i-1")))).rejects.toMatchObject({
    code: "ValidationException",
    message: expect.stringContaining(`agentUpgrade.${missing} is missing`),
  });
});

it("lets a host's key remove that host, and tells it nothing of others", async () => {
  const { RemoveHost } = SLUICE_HANDLERS;
  for (const host of ["web-2", "nobody"]) {
    await expect(RemoveHost({ host }, here.as(keyOf("i-1")))).rejects.toMatchObject({
      code: "AccessDeniedException",
      message: "The access key AKIA-i-1 is a host's: it may remove that host only.",
    });
  }
  expect(await RemoveHost({ host: "i-1" }, here.as(keyOf("i-1")))).toMatchObject({ host: { state: "retired" } });
  await expect(RemoveHost({ host: "i-2" }, here.as(keyOf("i-1")))).rejects.toMatchObject({
    code: "AccessDeniedException",
  });
});

it("lets hosts report, readers read, and root do all", () => {
  const operations = Object.keys(SLUICE_HANDLERS) as (keyof typeof SLUICE_HANDLERS)[];
  const allowed = (role: Principal["role"]) =>
    operations.filter((name) => authorize({ role }, `sluice:${name}`, undefined) !== "refused");
  expect(allowed("root")).toEqual(operations);
  expect(allowed("read-only")).toEqual([
    "ListEnrolmentTokens",
    "EnrolHost",
    "GetDeploymentLogs",
    "GetTaskLogs",
    "GetFunctionLogs",
    "GetDeploymentWaits",
    "ListFailureClusters",
    "GetDeploymentSnapshot",
    "CompareRevisions",
    "CompareDeployments",
    "ListHosts",
    "ListRolledBackGroups",
    "GetGroupSettings",
    "ListTriggerDeliveries",
    "PlanDeployment",
    "GetOverview",
    "SearchDeployments",
    "DescribeDeployment",
    "ListGridTargets",
    "ListDeploymentEvents",
    "ReadAlarms",
    "GetHost",
    "ListBundles",
    "ListShiftResources",
    "ListGitHubTokens",
    "ListAccessKeys",
    "ListPolicies",
    "GetPolicy",
    "ListUsers",
    "ListRoles",
    "ExplainAccess",
    "GetCallerAccess",
    "CreateConsoleLink",
    "ListAuditEvents",
    "GetAgentUpgrade",
    "ListAgentUpgrades",
  ]);
  // The last two for itself alone: remove-host.ts and rotate-access-key.ts.
  expect(allowed("host")).toEqual(["EnrolHost", "HostHeartbeat", "PutHostLogs", "RemoveHost", "RotateAccessKey"]);
});

import { createHash } from "node:crypto";
import { zipOf } from "@sluice/drivers/function-processes/zipped-code.fixture.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findFunctionKey } from "../../../functions/function-keys.ts";
import { claimEvents, findHookEvent, insertEvent, postponeEvent } from "../../../store/lambda/events.ts";
import { findFunction } from "../../../store/lambda/functions.ts";
import { ARN, LambdaWorld, ROLE } from "../lambda.fixture.ts";

const NAME = { FunctionName: "payments" };
let world: LambdaWorld;
beforeEach(async () => {
  world = await LambdaWorld.begin();
});
afterEach(() => world.close());

const sha256 = (zip: Uint8Array, form: "hex" | "base64") => createHash("sha256").update(zip).digest(form);

describe("CreateFunction", () => {
  it("stores the function with its code, a user and a key of its own", async () => {
    const zip = zipOf({ "index.js": "x" });
    const made = await world.create({
      Code: { ZipFile: zip },
      Description: "pays",
      Timeout: 10,
      MemorySize: 256,
      Environment: { Variables: { TABLE: "orders" } },
      Tags: { team: "money" },
    });
    expect(made).toEqual({
      FunctionName: "payments",
      FunctionArn: ARN,
      Runtime: "nodejs22.x",
      Role: ROLE,
      Handler: "index.handler",
      CodeSize: zip.length,
      Description: "pays",
      Timeout: 10,
      MemorySize: 256,
      LastModified: "2026-11-01T00:00:00.000+0000",
      CodeSha256: sha256(zip, "base64"),
      Version: "$LATEST",
      Environment: { Variables: { TABLE: "orders" } },
      TracingConfig: { Mode: "PassThrough" },
      RevisionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      State: "Active",
      LastUpdateStatus: "Successful",
      PackageType: "Zip",
      Architectures: [process.arch === "arm64" ? "arm64" : "x86_64"],
      EphemeralStorage: { Size: 512 },
      SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
    });
    const { db } = world.context.store;
    expect((await findFunction(db, "payments"))?.uid).toBeGreaterThanOrEqual(52_000);
    expect((await findFunctionKey(db, "payments"))?.accessKeyId).toMatch(/^AKIA/);
    expect(world.storedCode()).toEqual([sha256(zip, "hex")]);
    expect(world.changes).toBe(1);
    expect(await world.call("GetFunction", NAME)).toEqual({
      Configuration: made,
      Code: { RepositoryType: "S3", Location: `http://127.0.0.1/${sha256(zip, "hex")}` },
      Tags: { team: "money" },
    });
  });

  it("publishes the first version when it is told to", async () => {
    const made = await world.create({ Publish: true });
    expect(made).toMatchObject({ FunctionArn: `${ARN}:1`, Version: "1" });
    expect(await world.call("GetFunctionConfiguration", { ...NAME, Qualifier: "1" })).toEqual(made);
  });

  it("takes the zip from the bucket", async () => {
    const zip = zipOf({ "index.js": "from the bucket" });
    world.bucket.createBucket("artifacts");
    const body = async function* () {
      yield zip;
    };
    await world.bucket.put("artifacts", "code.zip", body(), { attributes: { headers: {}, metadata: {} } });
    const made = await world.create({ Code: { S3Bucket: "artifacts", S3Key: "code.zip" } });
    expect(made.CodeSha256).toBe(sha256(zip, "base64"));
    const missing = { ...NAME, S3Bucket: "artifacts", S3Key: "none.zip" };
    expect(await world.fault("UpdateFunctionCode", missing)).toContain(
      "InvalidParameterValueException: Error occurred while GetObject. S3 Error Code: NoSuchKey.",
    );
  });

  it("refuses a name that is taken", async () => {
    await world.create();
    await expect(world.create()).rejects.toMatchObject({
      code: "ResourceConflictException",
      message: "Function already exist: payments",
    });
  });

  it("asks the runner before anything is stored", async () => {
    world.trouble = ({ runtime }) => `Runtime ${runtime} is not there: install it`;
    await expect(world.create()).rejects.toThrow("Runtime nodejs22.x is not there: install it.");
    expect(await findFunction(world.context.store.db, "payments")).toBeUndefined();
    expect(world.changes).toBe(0);
  });

  it("gives each function another user, and says when there is none left", async () => {
    const uids = new Set<number | null | undefined>();
    for (let number = 0; number < 10; number += 1) {
      await world.create({ FunctionName: `f${number}` });
      uids.add((await findFunction(world.context.store.db, `f${number}`))?.uid);
    }
    expect(uids.size).toBe(10);
    await expect(world.create()).rejects.toThrow("All 10 users for functions (52000-52009) are taken");
    await world.call("DeleteFunction", { FunctionName: "f3" });
    await world.create();
  });

  it.each([
    [{ Runtime: undefined }, "Runtime and Handler are mandatory parameters"],
    [{ Handler: undefined }, "Runtime and Handler are mandatory parameters"],
    [{ Handler: "index handler" }, "has a space"],
    [{ Role: "payments" }, "is no ARN of a role"],
    [{ Timeout: 901 }, "Timeout 901 is out of range: give 1 to 900."],
    [{ MemorySize: 64 }, "MemorySize 64 is out of range: give 128 to 10240."],
    [{ EphemeralStorage: { Size: 1 } }, "EphemeralStorage.Size 1 is out of range"],
    [{ Environment: { Variables: { AWS_REGION: "x" } } }, "Reserved keys used in this request: AWS_REGION"],
    [{ Environment: { Variables: { "A-B": "x" } } }, 'Environment.Variables has the name "A-B"'],
    [{ Environment: { Variables: { BIG: "x".repeat(4_096) } } }, "exceeded the 4KB limit"],
    [{ FunctionName: "x".repeat(65) }, "names no function"],
    [{ FunctionName: "payments:live" }, "has a qualifier"],
    [{ FunctionName: "../payments" }, "names no function"],
    [{ Code: undefined }, "Code must be specified"],
    [{ Code: {} }, "Please provide a source for function code"],
    [{ PackageType: "Image" as const }, "PackageType Image is not supported"],
    [{ Code: { ImageUri: "web:1" } }, "Code.ImageUri is not supported"],
    [{ VpcConfig: { SubnetIds: ["subnet-1"] } }, "VpcConfig is AWS' own"],
    [{ Layers: ["arn:x"] }, "Layers is AWS' own"],
    [{ TracingConfig: { Mode: "Active" as const } }, "TracingConfig.Mode is AWS' own"],
    [{ DeadLetterConfig: { TargetArn: "arn:x" } }, "DeadLetterConfig is not supported"],
    [{ Architectures: ["arm64" as const, "x86_64" as const] }, "Architectures"],
  ])("refuses %j", async (change, message) => {
    await expect(world.create(change as never)).rejects.toMatchObject({
      code: "InvalidParameterValueException",
      message: expect.stringContaining(message),
    });
  });

  it("takes what only AWS has when sluice.yml says so", async () => {
    const tolerant = await LambdaWorld.begin({ ignoresAwsOnly: true });
    await tolerant.create({ VpcConfig: { SubnetIds: ["subnet-1"] }, Layers: ["arn:x"] });
    await tolerant.close();
  });

  it("runs functions as Sluice does where there are no users for them", async () => {
    const plain = await LambdaWorld.begin({ uids: null });
    const asked: unknown[] = [];
    plain.trouble = ({ uid }) => {
      asked.push(uid);
      return undefined;
    };
    await plain.create();
    expect(asked).toEqual([null]);
    expect((await findFunction(plain.context.store.db, "payments"))?.uid).toBeNull();
    await plain.close();
  });
});

describe("UpdateFunctionCode", () => {
  it("changes $LATEST, and forgets code that no version has", async () => {
    const before = await world.create();
    world.clock.now += 1_000;
    const after = await world.update("two");
    expect(after).toMatchObject({ Version: "$LATEST", LastModified: "2026-11-01T00:00:01.000+0000" });
    expect(after.CodeSha256).not.toBe(before.CodeSha256);
    expect(after.RevisionId).not.toBe(before.RevisionId);
    expect(world.storedCode()).toHaveLength(1);
    const published = await world.update("three", { Publish: true });
    expect(published).toMatchObject({ Version: "1", FunctionArn: `${ARN}:1` });
    await world.update("four");
    expect(world.storedCode()).toHaveLength(2);
  });

  it("stores nothing when it runs dry, and minds the revision", async () => {
    const { RevisionId, CodeSha256 } = await world.create();
    const dry = await world.update("two", { DryRun: true });
    expect(dry.CodeSha256).not.toBe(CodeSha256);
    expect(await world.call("GetFunctionConfiguration", NAME)).toMatchObject({ CodeSha256, RevisionId });
    expect(world.storedCode()).toHaveLength(1);
    const stale = { ...NAME, ZipFile: zipOf({ "index.js": "two" }), RevisionId: "stale" };
    expect(await world.fault("UpdateFunctionCode", stale)).toContain("PreconditionFailedException: The Revision Id");
    await world.update("two", { RevisionId });
  });

  it("says that a function is not there", async () => {
    expect(await world.fault("UpdateFunctionCode", { ...NAME, ZipFile: zipOf({ a: "x" }) })).toBe(
      `ResourceNotFoundException: Function not found: ${ARN}`,
    );
  });
});

/** All of it unpacks, to something else. */
function damaged(): Buffer {
  const zip = zipOf({ "index.js": "hello" });
  const directory = zip.indexOf("PK\x01\x02");
  zip.writeUInt32LE((zip.readUInt32LE(directory + 16) ^ 1) >>> 0, directory + 16);
  return zip;
}

describe("zips that are refused", () => {
  it.each<[string, Uint8Array, string]>([
    ["none", new Uint8Array(), "must be a non-empty zip"],
    ["an empty one", zipOf({}), "must be a non-empty zip"],
    ["no zip", Buffer.from("PK\x03\x04 and then something else entirely"), "Could not unzip uploaded file"],
    ["directories alone", zipOf({ "a/": "" }), "The zip has no file"],
    ["a path out of it", zipOf({ "../a": "x" }), 'entry "../a" is refused: its path leaves the archive'],
    ["an absolute path", zipOf({ "/etc/passwd": "x" }), 'entry "/etc/passwd" is refused: its path is absolute'],
    ["a link", zipOf([["a", { content: "/etc", unixMode: 0o120777 }]]), 'entry "a" is refused: it is a link'],
    ["a device", zipOf([["a", { content: "", unixMode: 0o060666 }]]), "a device"],
    [
      "a file twice",
      zipOf([
        ["a", { content: "x" }],
        ["a", { content: "y" }],
      ]),
      "it is in there twice",
    ],
    ["a file in a file", zipOf({ a: "x", "a/b": "x" }), 'passes through the file "a"'],
    ["a broken one", zipOf({ "index.js": "hello hello" }).fill(0xff, 38, 46), "Could not unzip uploaded file"],
    ["one with a bit changed", damaged(), 'the checksum of entry "index.js" does not match'],
    ["a short one", zipOf({ "index.js": "hello" }).subarray(0, -3), "Could not unzip uploaded file"],
  ])("%s", async (_, zip, message) => {
    await expect(world.create({ Code: { ZipFile: zip } })).rejects.toMatchObject({
      code: "InvalidParameterValueException",
      message: expect.stringContaining(message),
    });
    expect(await findFunction(world.context.store.db, "payments")).toBeUndefined();
  });

  it("what unpacks to more than Lambda takes", async () => {
    const bomb = zipOf({ a: Buffer.alloc(200 * 1024 * 1024), b: Buffer.alloc(51 * 1024 * 1024) });
    await expect(world.create({ Code: { ZipFile: bomb } })).rejects.toThrow("Unzipped size must be smaller than");
  });
});

describe("UpdateFunctionConfiguration", () => {
  it("changes what it names, and asks the runner", async () => {
    const before = await world.create({ Environment: { Variables: { AA: "1" } } });
    const after = await world.call("UpdateFunctionConfiguration", { ...NAME, Timeout: 20, Handler: "app.main" });
    expect(after).toMatchObject({ Timeout: 20, Handler: "app.main", Environment: { Variables: { AA: "1" } } });
    expect(after.RevisionId).not.toBe(before.RevisionId);
    const cleared = await world.call("UpdateFunctionConfiguration", { ...NAME, Environment: {} });
    expect(cleared.Environment).toBeUndefined();
    world.trouble = ({ runtime }) => (runtime === "java21" ? "Java is not there: use nodejs22.x" : undefined);
    expect(await world.fault("UpdateFunctionConfiguration", { ...NAME, Runtime: "java21" })).toContain(
      "Java is not there: use nodejs22.x.",
    );
    expect(await world.fault("UpdateFunctionConfiguration", { ...NAME, RevisionId: "stale", Timeout: 1 })).toContain(
      "PreconditionFailedException",
    );
  });
});

describe("ListFunctions", () => {
  it("pages through $LATEST of each, or all versions of all", async () => {
    await world.create({ Publish: true });
    await world.create({ FunctionName: "alpha" });
    const first = await world.call("ListFunctions", { MaxItems: 1 });
    const second = await world.call("ListFunctions", { MaxItems: 1, Marker: first.NextMarker });
    const names = [first, second].map(({ Functions }) => Functions?.map(({ FunctionArn }) => FunctionArn));
    expect(names).toEqual([["arn:aws:lambda:us-east-1:111122223333:function:alpha"], [ARN]]);
    expect(second.NextMarker).toBeUndefined();
    const all: (string | undefined)[] = [];
    let marker: string | undefined;
    do {
      const page = await world.call("ListFunctions", { FunctionVersion: "ALL", MaxItems: 1, Marker: marker });
      all.push(...page.Functions!.map(({ FunctionArn }) => FunctionArn?.slice(ARN.lastIndexOf(":") + 1)));
      marker = page.NextMarker;
    } while (marker !== undefined);
    expect(all).toEqual(["alpha:$LATEST", "payments:$LATEST", "payments:1"]);
    expect(await world.fault("ListFunctions", { Marker: "x" })).toContain("is not one that ListFunctions gave");
    expect(await world.fault("ListFunctions", { MaxItems: 0 })).toContain("MaxItems 0 is out of range");
  });
});

describe("DeleteFunction", () => {
  it("removes one version, but none that an alias names", async () => {
    await world.create({ Publish: true });
    await world.update("two", { Publish: true });
    await world.call("CreateAlias", { ...NAME, Name: "live", FunctionVersion: "1" });
    expect(await world.fault("DeleteFunction", { ...NAME, Qualifier: "1" })).toContain(
      "ResourceConflictException: Unable to delete version because the following aliases reference it: [live]",
    );
    await world.call("UpdateAlias", {
      ...NAME,
      Name: "live",
      FunctionVersion: "2",
      RoutingConfig: { AdditionalVersionWeights: { "1": 0.5 } },
    });
    expect(await world.fault("DeleteFunction", { ...NAME, Qualifier: "1" })).toContain("[live]");
    await world.call("UpdateAlias", { ...NAME, Name: "live", RoutingConfig: {} });
    expect(await world.call("DeleteFunction", { ...NAME, Qualifier: "1" })).toEqual({ StatusCode: 204 });
    expect(world.storedCode()).toHaveLength(1);
    expect(await world.fault("GetFunction", { ...NAME, Qualifier: "1" })).toContain(`not found: ${ARN}:1`);
    expect(await world.fault("DeleteFunction", { ...NAME, Qualifier: "$LATEST" })).toContain("$LATEST version");
    expect(await world.fault("DeleteFunction", { ...NAME, Qualifier: "live" })).toContain("delete-alias");
  });

  it("removes all that is the function's own", async () => {
    await world.create({ Publish: true });
    await world.call("CreateAlias", { ...NAME, Name: "live", FunctionVersion: "1" });
    const forgotten: unknown[] = [];
    const context = { ...world.context, forgetKeys: (owner: unknown) => void forgotten.push(owner) };
    Object.assign(world, { context });
    await world.call("DeleteFunction", { FunctionName: ARN });
    expect(forgotten).toEqual([{ functionName: "payments" }]);
    expect(world.storedCode()).toEqual([]);
    expect(await findFunctionKey(world.context.store.db, "payments")).toBeNull();
    expect(await world.fault("DeleteFunction", NAME)).toContain("ResourceNotFoundException");
    // Its numbers begin again: it is another function.
    expect(await world.create({ Publish: true })).toMatchObject({ Version: "1" });
  });
});

describe("a function's name", () => {
  it.each(["payments", ARN, "111122223333:function:payments", "function:payments"])(
    "may be %s",
    async (FunctionName) => {
      await world.create();
      expect(await world.call("GetFunctionConfiguration", { FunctionName })).toMatchObject({ FunctionArn: ARN });
      expect(await world.call("GetFunctionConfiguration", { FunctionName: `${FunctionName}:$LATEST` })).toMatchObject({
        FunctionArn: `${ARN}:$LATEST`,
      });
    },
  );

  it("of another account or region is not here", async () => {
    await world.create();
    const other = ARN.replace("111122223333", "444455556666");
    expect(await world.fault("GetFunction", { FunctionName: other })).toBe(
      `ResourceNotFoundException: Function not found: ${other}`,
    );
    expect(await world.fault("GetFunction", { FunctionName: `${ARN}:live`, Qualifier: "1" })).toContain(
      "The derived qualifier from the function name does not match the specified qualifier.",
    );
    expect(await world.fault("UpdateFunctionConfiguration", { FunctionName: `${ARN}:1` })).toContain(
      "FunctionName names 1 of payments",
    );
  });
});

it("a user of which a process is still there is not given to a new function", async () => {
  const uids = Array.from({ length: 10 }, (_, index) => 52_000 + index);
  world.uidsInUse = new Set(uids.filter((uid) => uid !== 52_007));
  await world.create();
  expect((await findFunction(world.context.store.db, "payments"))?.uid).toBe(52_007);
  const trouble = await world.fault("CreateFunction", {
    ...{ FunctionName: "other", Role: ROLE, Runtime: "nodejs22.x", Handler: "index.handler" },
    Code: { ZipFile: zipOf({ "index.js": "x" }) },
  });
  expect(trouble).toContain("All 10 users for functions (52000-52009) are taken: delete a function and wait");
});

describe("asynchronous invocations of a function that is deleted", () => {
  const claim = { owner: "me", now: 5, leaseUntil: 10 };
  const add = (executionId: string, functionName = "payments") =>
    world.context.store.write((transaction) =>
      insertEvent(transaction, {
        ...{ request_id: executionId, function_name: functionName, qualifier: null, payload: "{}" },
        ...{ deployment_id: "d-1", execution_id: executionId, created_at: 0 },
      }),
    );
  const claimAll = () =>
    world.context.store.write((transaction) =>
      claimEvents(transaction, claim, { size: 10, shutOut: [], admit: () => true }),
    );
  const found = (executionId: string) => findHookEvent(world.context.store.db, "d-1", executionId);

  it("end when they wait; others stay", async () => {
    await world.create();
    await add("mine");
    await add("another's", "other");
    await world.call("DeleteFunction", NAME);
    expect(await found("mine")).toMatchObject({
      state: "failed",
      ended_at: world.clock.now,
      error_type: "ResourceNotFoundException",
      error_message: "the function payments was deleted before this invocation of it was run",
      payload: "",
    });
    expect(await found("another's")).toMatchObject({ state: "waiting", payload: "{}" });
    await world.create();
    expect((await claimAll()).map(({ request_id }) => request_id)).toEqual(["another's"]);
  });

  it("go on when they run, and are not tried again", async () => {
    await world.create();
    await add("mine");
    await claimAll();
    await world.call("DeleteFunction", NAME);
    expect(await found("mine")).toMatchObject({ state: "running", ended_at: null });
    const fault = { errorType: "Error", errorMessage: "no such charge" };
    await world.context.store.write((transaction) =>
      postponeEvent(transaction, "mine", "me", { dueAt: 60_000, ...fault, isUncounted: false }, 7),
    );
    const end = { state: "failed", ended_at: 7, error_message: "no such charge", claimed_by: null };
    expect(await found("mine")).toMatchObject(end);
  });
});

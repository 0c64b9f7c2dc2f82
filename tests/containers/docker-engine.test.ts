import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { newSandboxPlan, settled, untilFacts } from "@sluice/drivers/contracts/container-engine-contract.fixture.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { smallDisk } from "../installation/small-disk.fixture.ts";
import { startDockerEngine, type TestEngine, whyNoDockerEngine } from "./docker-engine.fixture.ts";
import { type DockerWorld, newDockerWorld } from "./docker-world.fixture.ts";
import { startImageRegistry } from "./image-registry.fixture.ts";
import { importTestImage, TEST_IMAGE, testImageTar } from "./test-image.fixture.ts";

const missing = whyNoDockerEngine();
const never = new AbortController().signal;
const WITHIN = { timeout: 60_000, interval: 20 };
const MEBIBYTE = 1024 * 1024;
const OTHER_TASK = "fedcba9876543210fedcba9876543210";
const NOBODY = 65_534;

describe("the Docker Engine", () => {
  if (missing !== null) {
    it.skip(missing, () => {});
    return;
  }
  let docker: TestEngine;
  let world: DockerWorld;
  beforeAll(async () => {
    docker = await startDockerEngine();
    await importTestImage(docker);
  });
  afterAll(() => docker?.stop());
  beforeEach(() => {
    world = newDockerWorld(docker);
  });
  afterEach(() => world.remove());

  const newFolder = () => {
    const path = mkdtempSync(join(tmpdir(), "sluice-folders-"));
    onTestFinished(() => rmSync(path, { recursive: true }));
    return path;
  };
  const reasonOf = async (...[values, engine]: Parameters<DockerWorld["start"]>) => {
    const outcome = await world.start(values, engine);
    return outcome.outcome === "failed" ? outcome.reason : `it is ${outcome.outcome}`;
  };

  describe("and what a container is", () => {
    it("gives it neither privileges nor the machine's namespaces", async () => {
      const { containerId } = await world.run();
      expect((await world.inspect(containerId)).HostConfig).toMatchObject({
        Privileged: false,
        CapAdd: [],
        SecurityOpt: ["no-new-privileges"],
        PidMode: "",
        IpcMode: "private",
        UTSMode: "",
        UsernsMode: "",
        Devices: null,
        RestartPolicy: { Name: "no" },
        NetworkMode: `sluice-${world.installation}`,
      });
      const facts = await world.run({ taskId: OTHER_TASK, command: ["runs", "grep NoNewPrivs /proc/self/status"] });
      expect(await world.written(facts, 1)).toEqual(["NoNewPrivs:\t1"]);
    });

    it("is as the plan says", async () => {
      const script =
        'echo "$GREETING"; id -u; pwd; hostname; touch /here 2>&1; ulimit -n; grep CapEff /proc/self/status; cat /proc/1/cmdline | head -c 99; echo';
      const facts = await world.run({
        command: ["runs", script],
        environment: { GREETING: "good day = today" },
        user: "1000",
        workingDirectory: "/data",
        network: { kind: "own", hostname: "web-1", publishedPorts: [] },
        isRootReadOnly: true,
        ulimits: [{ name: "nofile", soft: 77, hard: 88 }],
        droppedCapabilities: ["ALL"],
        hasInit: true,
        labels: { team: "shop", "sluice.task": "somebody's", "sluice.installation": "somebody's" },
        memoryBytes: 64 * MEBIBYTE,
        memoryReservationBytes: 32 * MEBIBYTE,
        cpuShares: 256,
        cpuCores: 0.5,
      });
      const [greeting, user, folder, hostname, touch, files, capabilities, first] = await world.written(facts, 8);
      expect({ greeting, user, folder, hostname, files }).toEqual({
        greeting: "good day = today",
        user: "1000",
        folder: "/data",
        hostname: "web-1",
        files: "77",
      });
      expect(touch).toContain("Read-only file system");
      expect(capabilities).toBe("CapEff:\t0000000000000000");
      expect(first).toContain("init");
      const { HostConfig, Config } = await world.inspect(facts.containerId);
      expect(HostConfig).toMatchObject({
        Memory: 64 * MEBIBYTE,
        MemorySwap: 64 * MEBIBYTE,
        MemoryReservation: 32 * MEBIBYTE,
        CpuShares: 256,
        NanoCpus: 500_000_000,
      });
      const labels = { team: "shop", "sluice.task": facts.taskId, "sluice.installation": world.installation };
      expect(Config).toMatchObject({ Labels: labels });
    });

    it("has the entry point of the plan, and else that of the image", async () => {
      await importTestImage(docker, "sluice-test/entry:1", [
        'ENTRYPOINT ["says"]',
        'CMD ["from", "the", "image"]',
        "HEALTHCHECK CMD sick",
      ]);
      const image = "sluice-test/entry:1";
      const ofImage = await world.run({ image, command: undefined });
      expect(await world.written(ofImage, 4)).toEqual(expect.arrayContaining(["out from", "out the", "out image"]));
      expect(ofImage.health).toBe("none");
      const ofPlan = await world.run({ taskId: OTHER_TASK, image, entryPoint: ["runs"], command: ["echo mine"] });
      expect(await world.written(ofPlan, 1)).toEqual(["mine"]);
    });

    it("answers at its address, and at its published port on loopback only", async () => {
      const facts = await world.run({
        command: ["serves", "8080", "hello"],
        network: { kind: "own", publishedPorts: [{ containerPort: 8080, protocol: "tcp", hostPort: 0 }] },
      });
      const get = (url: string) =>
        vi.waitFor(async () => (await (await fetch(url)).text()).trim(), { timeout: 60_000, interval: 50 });
      expect(await get(`http://${facts.address}:8080/`)).toBe("hello");
      const port = facts.publishedPorts[0]!.hostPort;
      expect(await get(`http://127.0.0.1:${port}/`)).toBe("hello");
      const bindings = (await world.inspect(facts.containerId)).NetworkSettings as { readonly Ports: object };
      expect(bindings.Ports).toEqual({ "8080/tcp": [{ HostIp: "127.0.0.1", HostPort: String(port) }] });
    });

    it("reaches the other containers of its task on loopback, and the sandbox ends at once", async () => {
      const sandbox = newSandboxPlan();
      expect(await settled(() => world.engine.start(sandbox, never))).toEqual({ outcome: "done" });
      await world.run({ command: ["serves", "8080", "hello"], network: { kind: "of-task" } });
      const client = await world.run({
        containerName: "client",
        network: { kind: "of-task" },
        command: ["runs", "until wget -q -O - http://127.0.0.1:8080/ 2>/dev/null; do sleep 0.1; done"],
      });
      expect(await world.written(client, 1)).toEqual(["hello"]);
      const { containerId } = await untilFacts(world.engine, sandbox, { state: "running" });
      await settled(() => world.engine.stop(containerId, never));
      // Killed after its time, it would have 137.
      await untilFacts(world.engine, sandbox, { state: "exited", exitCode: 0 });
    });

    it("shares an empty folder with its task's containers, and the last takes it along", async () => {
      const mounts = [{ volumeName: "shared", folder: null, containerPath: "/data", isReadOnly: false }];
      const writer = await world.run({ mounts, command: ["runs", "echo from the writer >/data/note"] });
      const reader = await world.run({
        containerName: "reader",
        mounts: mounts.map((mount) => ({ ...mount, isReadOnly: true })),
        command: ["runs", "until cat /data/note 2>/dev/null; do sleep 0.1; done; touch /data/mine 2>&1"],
      });
      expect(await world.written(reader, 2)).toEqual(["from the writer", expect.stringContaining("Read-only")]);
      const other = await world.run({ taskId: OTHER_TASK, mounts, command: ["runs", "ls /data; echo that was all"] });
      expect(await world.written(other, 1)).toEqual(["that was all"]);
      const volumes = async () => {
        const filters = encodeURIComponent(JSON.stringify({ label: [`sluice.installation=${world.installation}`] }));
        const { Volumes } = (await docker.ask("GET", `/volumes?filters=${filters}`)) as {
          readonly Volumes: unknown[] | null;
        };
        return Volumes?.length ?? 0;
      };
      expect(await volumes()).toBe(2);
      for (const { containerId } of [writer, other, reader]) {
        await settled(() => world.engine.stop(containerId, never));
        expect(await settled(() => world.engine.remove(containerId, never))).toEqual({ outcome: "done" });
      }
      expect(await volumes()).toBe(0);
    });

    it("says when it ran out of memory", async () => {
      const eater = { command: ["eats"], memoryBytes: 16 * MEBIBYTE };
      await world.run(eater, { state: "exited", exitCode: 137, wasOutOfMemory: true });
    });

    it("writes lines of any length and any bytes", async () => {
      const script = "head -c 40000 /dev/zero | tr '\\0' x; echo; echo -e 'a\\xffb\\x1b[31m'; echo -n open";
      const facts = await world.run({ command: ["sh", "-c", script] }, { state: "exited" });
      const [long, strange, open] = await world.written(facts, 3);
      expect(long).toBe("x".repeat(40_000));
      expect(strange).toBe("a\ufffdb\u001b[31m");
      expect(open).toBe("open");
    });
  });

  describe("and images", () => {
    it("pulls one that is not there, by tag and by digest, and says how far it is", async () => {
      const registry = await startImageRegistry(testImageTar());
      onTestFinished(() => registry.close());
      registry.hold();
      const image = `${registry.name}:1`;
      const details: string[] = [];
      const started = vi.waitFor(async () => {
        const outcome = await world.start({ image }, { ...world.engine, start: tellingStart(details, registry) });
        expect(outcome).toEqual({ outcome: "done" });
      }, WITHIN);
      await started;
      expect(details[0]).toBe(`pulling ${image}`);
      expect(details.at(-1)).toMatch(/^pulling \S+: \d of 1 layers/);
      const byDigest = `${registry.name}@${registry.digest}`;
      await docker.ask("DELETE", `/images/${image}?force=1`);
      await world.run({ taskId: OTHER_TASK, image: byDigest });
    });

    it("fails in the registry's words, once for each who asked, and tries again for who asks then", async () => {
      const registry = await startImageRegistry(testImageTar());
      onTestFinished(() => registry.close());
      const image = `${registry.name}:2`;
      const [one, other] = await Promise.all([reasonOf({ image }), reasonOf({ taskId: OTHER_TASK, image })]);
      expect(one).toMatch(/^CannotPullContainerError: .*manifest unknown/);
      expect(other).toBe(one);
      expect(await reasonOf({ image })).toBe(one);
      expect(await world.engine.list(never)).toEqual([]);
    });

    it("fails when there is no such registry, or no such name", async () => {
      expect(await reasonOf({ image: "127.0.0.1:1/app:1" })).toMatch(/^CannotPullContainerError: .*connection refused/);
      expect(await reasonOf({ image: "Not A Name" })).toMatch(
        /^Cannot(Pull|Create)ContainerError: .*invalid reference/,
      );
    });

    // What the test puts between the driver and the loop that asks: it lets the layer go when that is waited for.
    function tellingStart(details: string[], registry: { release(): void }): DockerWorld["engine"]["start"] {
      return async (plan, signal) => {
        const outcome = await world.engine.start(plan, signal);
        if (outcome.outcome === "pending") {
          details.push(outcome.detail);
          if (outcome.detail.includes("layers")) registry.release();
        }
        return outcome;
      };
    }
  });

  describe("and secrets", () => {
    it("come from files that nobody else may read, and are in no message", async () => {
      const folder = newFolder();
      const path = join(folder, "password");
      writeFileSync(path, "open sesame\n", { mode: 0o600 });
      const engine = world.open({ secrets: { password: path, "not-there": join(folder, "nothing") } });
      const secrets = { PASSWORD: "password" };
      expect(await world.start({ secrets, command: ["runs", 'echo "[$PASSWORD]"'] }, engine)).toEqual({
        outcome: "done",
      });
      const [facts] = await world.engine.list(never);
      expect(await world.written(facts!, 1)).toEqual(["[open sesame]"]);

      const taskId = OTHER_TASK;
      chmodSync(path, 0o644);
      expect(await reasonOf({ taskId, secrets }, engine)).toBe(
        `ResourceInitializationError: the secret password is not used: every user may read or write ${path}: chmod 600 ${path}`,
      );
      expect(await reasonOf({ taskId, secrets: { A: "not-there" } }, engine)).toMatch(
        / cannot be read from .*: ENOENT$/,
      );
      expect(await reasonOf({ taskId, secrets: { A: "toString" } }, engine)).toMatch(/has no secret toString: /);
      expect(await world.engine.list(never)).toHaveLength(1);
    });

    it("are cut out of what the engine says", async () => {
      const path = join(newFolder(), "password");
      writeFileSync(path, "executable", { mode: 0o600 });
      const engine = world.open({ secrets: { password: path } });
      const reason = await reasonOf({ secrets: { PASSWORD: "password" }, command: ["nothing"] }, engine);
      expect(reason).toMatch(/^CannotStartContainerError: .*"nothing": … file not found/);
    });
  });

  describe("and folders of the machine", () => {
    const mountOf = (folder: string, isReadOnly = false) => [
      { volumeName: "data", folder, containerPath: "/data", isReadOnly },
    ];

    it("are mounted where the settings allow them", async () => {
      const folder = newFolder();
      mkdirSync(join(folder, "inner"));
      writeFileSync(join(folder, "inner", "note"), "from outside\n");
      const engine = world.open({ folders: [folder] });
      const script = "cat /data/note; echo from inside >/data/answer && echo written";
      const plan = { mounts: mountOf(join(folder, "inner")), command: ["runs", script] };
      expect(await world.start(plan, engine)).toEqual({ outcome: "done" });
      const [facts] = await world.engine.list(never);
      expect(await world.written(facts!, 2)).toEqual(["from outside", "written"]);
      expect(readFileSync(join(folder, "inner", "answer"), "utf8")).toBe("from inside\n");
    });

    it("are refused elsewhere, and on ways that lead out", async () => {
      const folder = newFolder();
      const outside = newFolder();
      symlinkSync(outside, join(folder, "link"));
      writeFileSync(join(folder, "file"), "");
      const engine = world.open({ folders: [folder] });
      const refusals = {
        [outside]: /is not in the folders that the binding of docker allows: it allows \//,
        [join(folder, "../..")]: /is not in the folders/,
        [`${folder}-next`]: /is not in the folders/,
        [join(folder, "link")]: /leads by a link out of the folders/,
        [join(folder, "nothing")]: /there is no folder .*: mkdir -p /,
        [join(folder, "file")]: /is not a folder$/,
        "relative/path": /is not the whole path/,
      };
      for (const [path, reason] of Object.entries(refusals)) {
        const told = await reasonOf({ mounts: mountOf(path) }, engine);
        expect(told).toMatch(/^ResourceInitializationError: /);
        expect(told).toMatch(reason);
      }
      expect(await reasonOf({ mounts: mountOf(folder) })).toMatch(/it allows none/);
      expect(await world.engine.list(never)).toEqual([]);
    });

    it("are refused when the engine's socket is in them", async () => {
      const above = join(docker.socket, "..");
      const engine = world.open({ folders: [above, "/run", "/var/run"] });
      for (const path of [above, "/run", "/var/run"]) {
        expect(await reasonOf({ mounts: mountOf(path, true) }, engine)).toMatch(
          /contains \/.*sock, by which a task could/,
        );
      }
    });

    it("are refused beneath one that a running container may change", async () => {
      const folder = newFolder();
      mkdirSync(join(folder, "inner"));
      const engine = world.open({ folders: [folder] });
      expect(await world.start({ mounts: mountOf(folder) }, engine)).toEqual({ outcome: "done" });
      const inner = { taskId: OTHER_TASK, mounts: mountOf(join(folder, "inner"), true) };
      expect(await reasonOf(inner, engine)).toMatch(/lies in a folder that the container sluice-\S+-web may write to/);
      // The same folder once more is no danger: what is in it is not on the way to it.
      expect(await world.start({ ...inner, mounts: mountOf(folder) }, engine)).toEqual({ outcome: "done" });
    });
  });

  describe("and others", () => {
    it("leaves their containers alone, whatever labels these have", async () => {
      const { containerId } = await world.run();
      const { Config } = (await world.inspect(containerId)) as { readonly Config: { readonly Labels: object } };
      const labels = { ...Config.Labels, "sluice.task": OTHER_TASK };
      const strangers: string[] = [];
      for (const Labels of [{}, labels]) {
        const body = { Image: TEST_IMAGE, Cmd: ["waits"], Labels };
        const { Id } = (await docker.ask("POST", `/containers/create?name=stranger-${strangers.length}`, body)) as {
          readonly Id: string;
        };
        await docker.ask("POST", `/containers/${Id}/start`);
        // One of them says that it is the installation's, and goes with that.
        onTestFinished(() =>
          docker.ask("DELETE", `/containers/${Id}?force=1`).then(
            () => {},
            () => {},
          ),
        );
        strangers.push(Id);
      }
      expect((await world.engine.list(never)).map((facts) => facts.containerId)).toEqual([containerId]);
      for (const id of [...strangers, "stranger-0"]) {
        const refusal = { outcome: "failed", reason: expect.stringContaining("not of this installation") };
        expect(await world.engine.stop(id, never)).toEqual(refusal);
        expect(await world.engine.remove(id, never)).toEqual(refusal);
        expect(await world.engine.logs(id, { tailLines: 10 }, never)).toEqual([]);
      }
      for (const id of strangers) expect((await world.inspect(id)).State).toMatchObject({ Running: true });
    });

    it("tells installations apart, by their networks too", async () => {
      const other = newDockerWorld(docker);
      onTestFinished(other.remove);
      const mine = await world.run();
      const theirs = await other.run();
      expect(await world.engine.list(never)).toEqual([mine]);
      expect(await other.engine.list(never)).toEqual([theirs]);
      expect(await world.engine.remove(theirs.containerId, never)).toMatchObject({ outcome: "failed" });
    });

    it("says no when a stranger has the container's name", async () => {
      const name = `sluice-${world.installation}-${OTHER_TASK}-web`;
      const body = { Image: TEST_IMAGE, Cmd: ["waits"] };
      const { Id } = (await docker.ask("POST", `/containers/create?name=${name}`, body)) as { readonly Id: string };
      onTestFinished(async () => void (await docker.ask("DELETE", `/containers/${Id}?force=1`)));
      expect(await reasonOf({ taskId: OTHER_TASK })).toBe(
        `ResourceInitializationError: the container ${name} is not of this installation`,
      );
    });
  });

  describe("and the network", () => {
    const networkOf = async () =>
      (await docker.ask("GET", `/networks/sluice-${world.installation}`)) as {
        readonly Id: string;
        readonly IPAM: { readonly Config: readonly { readonly Subnet: string }[] };
      };

    it("is made once, and again when somebody has removed it", async () => {
      const { containerId } = await world.run();
      const { Id } = await networkOf();
      expect(await world.start({ taskId: OTHER_TASK }, world.open())).toEqual({ outcome: "done" });
      expect((await networkOf()).Id).toBe(Id);
      for (const facts of await world.engine.list(never)) {
        await settled(() => world.engine.stop(facts.containerId, never));
        await settled(() => world.engine.remove(facts.containerId, never));
      }
      await docker.ask("DELETE", `/networks/${Id}`);
      expect((await world.run()).containerId).not.toBe(containerId);
      expect((await networkOf()).Id).not.toBe(Id);
    });

    it("has the subnet of the settings, and says so when it has another", async () => {
      const subnet = `${docker.addressPrefix}192/27`;
      expect(await world.start({}, world.open({ subnet }))).toEqual({ outcome: "done" });
      expect((await networkOf()).IPAM.Config).toMatchObject([{ Subnet: subnet }]);
      const reason = await reasonOf({ taskId: OTHER_TASK }, world.open({ subnet: `${docker.addressPrefix}224/27` }));
      expect(reason).toMatch(/has the subnet \S+192\/27, and the binding says \S+224\/27: .*network rm/);
      const other = newDockerWorld(docker);
      onTestFinished(other.remove);
      const overlapping = await other.start({}, other.open({ subnet }));
      expect(overlapping).toMatchObject({
        outcome: "failed",
        reason: expect.stringMatching(/Set subnet in the binding/),
      });
    });
  });

  describe("and limits that it cannot keep", () => {
    it("fails in the engine's words", async () => {
      expect(await reasonOf({ cpuCores: 10_000 })).toMatch(/^CannotCreateContainerError: .*CPUs available/);
      expect(await reasonOf({ memoryBytes: 1 })).toMatch(/^CannotCreateContainerError: .*memory limit/i);
      expect(await world.engine.list(never)).toEqual([]);
    });
  });

  it("starts many at once", async () => {
    const tasks = Array.from({ length: 12 }, (_, index) => index.toString(16).padStart(32, "0"));
    const outcomes = await Promise.all(tasks.map((taskId) => world.start({ taskId })));
    expect(outcomes).toEqual(tasks.map(() => ({ outcome: "done" })));
    const facts = await world.engine.list(never);
    expect(new Set(facts.map(({ address }) => address)).size).toBe(tasks.length);
  });

  describe("that is away", () => {
    it("is named when there is no socket, or nobody behind it", async () => {
      const socket = join(newFolder(), "docker.sock");
      const engine = world.open({ socket });
      const message = new RegExp(`the Docker Engine at ${socket} cannot be used: .*ENOENT.*systemctl start docker`);
      await expect(engine.list(never)).rejects.toThrow(message);
      await expect(engine.start(newSandboxPlan(), never)).rejects.toThrow(message);
      writeFileSync(socket, "");
      await expect(engine.list(never)).rejects.toThrow(/cannot be used/);
    });

    it("is named when the user may not use the socket", async () => {
      // The driver connects as whoever the process is at the time.
      process.seteuid!(NOBODY);
      try {
        await expect(world.open().list(never)).rejects.toThrow(/EACCES.*usermod -aG docker/);
      } finally {
        process.seteuid!(0);
      }
    });

    it("keeps nobody waiting who was told to stop", async () => {
      await world.run();
      const stopping = new AbortController();
      docker.suspend();
      try {
        const calls = [
          world.engine.list(stopping.signal),
          world.engine.start({ ...newSandboxPlan(), taskId: OTHER_TASK }, stopping.signal),
          world.engine.stop("some", stopping.signal),
          world.engine.remove("some", stopping.signal),
          world.engine.logs("some", { tailLines: 1 }, stopping.signal),
        ];
        const ended = Promise.allSettled(calls);
        stopping.abort(new Error("told to stop"));
        for (const result of await ended)
          expect(result).toMatchObject({ status: "rejected", reason: { message: "told to stop" } });
      } finally {
        docker.resume();
      }
      expect(await world.engine.list(never)).toHaveLength(1);
    });

    it("is found again after its death, with what became of its containers", async () => {
      const facts = await world.run();
      const watching = new AbortController();
      const onChange = vi.fn<() => void>();
      const watch = world.engine.watch(onChange, watching.signal);
      await vi.waitFor(() => expect(onChange).toHaveBeenCalled(), WITHIN);
      await docker.kill();
      await expect(world.engine.list(never)).rejects.toThrow(/Docker Engine at/);
      await expect(world.engine.start(newSandboxPlan(), never)).rejects.toThrow(/Docker Engine at/);
      onChange.mockClear();
      await docker.start();
      await vi.waitFor(() => expect(onChange).toHaveBeenCalled(), WITHIN);
      // An engine that is not told to leave them running (live-restore) ends what it finds.
      const [after] = await world.engine.list(never);
      expect(after).toMatchObject({ containerId: facts.containerId, taskId: facts.taskId, state: "exited" });
      onChange.mockClear();
      await world.run({ taskId: OTHER_TASK });
      await vi.waitFor(() => expect(onChange).toHaveBeenCalled(), WITHIN);
      expect(await settled(() => world.engine.remove(facts.containerId, never))).toEqual({ outcome: "done" });
      watching.abort();
      await watch;
    });
  });
});

describe("the Docker Engine of the tests", () => {
  it.skipIf(missing !== null)("leaves no process behind, also when it was killed before", async () => {
    const docker = await startDockerEngine();
    await importTestImage(docker);
    const { containerId } = await newDockerWorld(docker).run();
    const { State } = (await docker.ask("GET", `/containers/${containerId}/json`)) as {
      readonly State: { readonly Pid: number };
    };
    expect(existsSync(`/proc/${State.Pid}`)).toBe(true);
    await docker.kill();
    await docker.stop();
    await vi.waitFor(() => expect(existsSync(`/proc/${State.Pid}`)).toBe(false), WITHIN);
    expect(existsSync(dirname(docker.socket))).toBe(false);
  });
});

describe("the Docker Engine on a full disk", () => {
  const disk = missing === null ? smallDisk() : missing;
  if (typeof disk === "string") {
    it.skip(disk, () => {});
    return;
  }
  afterAll(() => disk.remove());

  it("says so, and goes on when there is room", async () => {
    const docker = await startDockerEngine({ dataRoot: disk.path });
    onTestFinished(() => docker.stop());
    await importTestImage(docker);
    const world = newDockerWorld(docker);
    const first = await world.run();
    disk.fill();
    expect(await world.start({ taskId: OTHER_TASK })).toEqual({
      outcome: "failed",
      reason: expect.stringMatching(/^Cannot\w+ContainerError: .*no space left on device.*docker system df/),
    });
    // What runs goes on.
    const [facts] = await world.engine.list(never);
    expect(facts).toMatchObject({ containerId: first.containerId, state: "running" });
    disk.free();
    await world.run({ taskId: OTHER_TASK });
  });
});

import { describe, expect, it } from "vitest";
import { KERNEL_CGROUP_FILES } from "./cgroup-files.ts";
import { PlayedCgroups1, PlayedCgroups2 } from "./cgroups.fixture.ts";
import { type Cgroups, findCgroups, removeLeftCgroups } from "./cgroups.ts";

const MEMORY = 128 * 1024 ** 2;
const PID = 100;
const CHILD = 101;
const UNIT = "/sys/fs/cgroup/sluice.service";
const PARENT = `${UNIT}/sluice-functions-a1`;

function found(cgroups: Cgroups | string): Cgroups {
  if (typeof cgroups === "string") throw new Error(cgroups);
  return cgroups;
}

describe("control groups of version 2", () => {
  const played = (
    processes: readonly number[] = [PID],
    controllers = "cpu memory pids",
    unknown: readonly string[] = [],
  ) => new PlayedCgroups2("/sluice.service", controllers, processes, unknown);
  const look = (files: PlayedCgroups2) => findCgroups("a1", { files, pid: PID, ownProcesses: () => [CHILD] });

  it("hold an environment to its memory and processes, beside the server that has moved out of the way", () => {
    const files = played([PID, CHILD]);
    const { folders } = found(look(files)).create("one", MEMORY);
    expect(folders).toEqual([`${PARENT}/one`]);
    expect(files.written).toEqual([
      `${PID} > ${UNIT}/sluice-server/cgroup.procs`,
      `${CHILD} > ${UNIT}/sluice-server/cgroup.procs`,
      `+memory +pids > ${UNIT}/cgroup.subtree_control`,
      `+cpu > ${UNIT}/cgroup.subtree_control`,
      `+memory +pids > ${PARENT}/cgroup.subtree_control`,
      `+cpu > ${PARENT}/cgroup.subtree_control`,
      `${MEMORY} > ${PARENT}/one/memory.max`,
      `0 > ${PARENT}/one/memory.swap.max`,
      `1 > ${PARENT}/one/memory.oom.group`,
      `1024 > ${PARENT}/one/pids.max`,
    ]);
  });

  it("need nobody to move in a group without processes, such as the kernel's root", () => {
    const files = played([]);
    expect(found(look(files)).parents).toEqual([PARENT]);
    expect(files.isGroup(`${UNIT}/sluice-server`)).toBe(false);
  });

  it("are found again by a process that is aside already", () => {
    const files = new PlayedCgroups2("/sluice.service", "memory pids", []);
    files.make(`${UNIT}/sluice-server`);
    files.write(`${UNIT}/sluice-server/cgroup.procs`, String(PID));
    const read = files.read.bind(files);
    files.read = (file) => (file === "/proc/self/cgroup" ? "0::/sluice.service/sluice-server\n" : read(file));
    expect(found(look(files)).parents).toEqual([PARENT]);
    expect(files.isGroup(`${UNIT}/sluice-server/sluice-server`)).toBe(false);
  });

  it("are left alone where processes of others are in the same group", () => {
    const files = played([PID, 7]);
    expect(look(files)).toBe(
      `other processes (7) are in its control group ${UNIT}: run Sluice as a service of its own, with Delegate=yes in its unit`,
    );
    expect(files.written).toEqual([]);
    expect([...files.groups.keys()]).toEqual([UNIT]);
  });

  it.each([
    ["memory", "cpu pids"],
    ["pids", "cpu memory"],
  ])("are not used without the controller %s", (missing, controllers) => {
    const files = played([PID], controllers);
    expect(look(files)).toBe(
      `${UNIT} has no controller ${missing}: run Sluice as a service of its own, with Delegate=yes in its unit`,
    );
    expect(files.written).toEqual([]);
  });

  it("are not used where they may not be written, and leave the process where it was", () => {
    const files = played();
    const write = files.write.bind(files);
    files.write = (file, text) => !file.endsWith("subtree_control") && write(file, text);
    expect(look(files)).toBe(
      `${UNIT} may not be written: run Sluice as a service of its own, with Delegate=yes in its unit`,
    );
    expect([...files.groups.keys()]).toEqual([UNIT]);
    expect(files.read(`${UNIT}/cgroup.procs`)).toBe(`${PID}\n`);
  });

  it("do without what older kernels, and those without swap, do not have", () => {
    const files = played([PID], "memory pids", ["memory.swap.max", "memory.oom.group", "memory.peak", "cgroup.kill"]);
    const group = found(look(files)).create("one", MEMORY);
    files.set(`${PARENT}/one/memory.current`, "5000\n");
    files.set(`${PARENT}/one/memory.stat`, "anon 3000\ninactive_file 1000\n");
    expect([group.memoryBytes(), group.peakBytes()]).toEqual([4000, 5000]);
  });

  it("tell how many processes wanted too much memory", () => {
    const files = played();
    const group = found(look(files)).create("one", MEMORY);
    expect(group.outOfMemoryKills()).toBe(0);
    files.set(`${PARENT}/one/memory.events`, "low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 1\n");
    files.set(`${PARENT}/one/memory.peak`, "134217728\n");
    expect([group.outOfMemoryKills(), group.peakBytes()]).toEqual([2, MEMORY]);
  });

  it("end all processes of an environment at once, with those of groups in it", async () => {
    const files = played();
    const cgroups = found(look(files));
    const group = cgroups.create("one", MEMORY);
    files.make(`${PARENT}/one/inner`);
    files.write(`${PARENT}/one/inner/cgroup.procs`, "200");
    await group.remove();
    expect(files.foldersIn(PARENT)).toEqual([]);
    expect(files.written.slice(-1)).toEqual([`1 > ${PARENT}/one/cgroup.kill`]);
    cgroups.close();
    expect(files.isGroup(PARENT)).toBe(false);
    cgroups.create("two", MEMORY);
    expect(files.read(`${PARENT}/two/memory.max`), "made again").toBe(String(MEMORY));
  });

  it("leave no group behind whose limit cannot be written", () => {
    const files = played();
    const cgroups = found(look(files));
    const write = files.write.bind(files);
    files.write = (file, text) => !file.endsWith("pids.max") && write(file, text);
    expect(() => cgroups.create("one", MEMORY)).toThrow(`the limit 1024 cannot be written to ${PARENT}/one/pids.max`);
    expect(files.foldersIn(PARENT)).toEqual([]);
  });
});

describe("control groups of version 1", () => {
  const [MEMORY_PARENT, PIDS_PARENT, CPU_PARENT] = ["memory", "pids", "cpu,cpuacct"].map(
    (each) => `/sys/fs/cgroup/${each}/unit/sluice-functions-a1`,
  );

  it("hold an environment to its memory, then to both kinds of it, and to its processes", () => {
    const files = new PlayedCgroups1(["memory", "pids", "cpu,cpuacct"], "/unit");
    const group = found(findCgroups("a1", { files })).create("one", MEMORY);
    expect(group.folders).toEqual([`${MEMORY_PARENT}/one`, `${PIDS_PARENT}/one`, `${CPU_PARENT}/one`]);
    expect(files.written).toEqual([
      `${MEMORY} > ${MEMORY_PARENT}/one/memory.limit_in_bytes`,
      `${MEMORY} > ${MEMORY_PARENT}/one/memory.memsw.limit_in_bytes`,
      `0 > ${MEMORY_PARENT}/one/memory.swappiness`,
      `1024 > ${PIDS_PARENT}/one/pids.max`,
    ]);
    expect(group.outOfMemoryKills()).toBe(1);
  });

  it("are not used without both controllers, and nothing is left of the one", () => {
    const files = new PlayedCgroups1(["memory"], "/unit");
    expect(findCgroups("a1", { files })).toMatch(/^Sluice may not make groups of memory and processes in/);
    expect([...files.folders]).toEqual(["/sys/fs/cgroup/memory/unit"]);
  });

  it("that a killed server left are ended and removed, and nobody else's", async () => {
    const files = new PlayedCgroups1(["memory", "pids"], "/unit");
    found(findCgroups("a1", { files })).create("one", MEMORY);
    for (const parent of [MEMORY_PARENT, PIDS_PARENT]) files.processes.set(`${parent}/one`, [200, 201]);
    await removeLeftCgroups([MEMORY_PARENT!, PIDS_PARENT!, "/sys/fs/cgroup/memory/unit"], files);
    expect([...files.folders]).toEqual(["/sys/fs/cgroup/memory/unit", "/sys/fs/cgroup/pids/unit"]);
    expect(new Set(files.killed)).toEqual(new Set([200, 201]));
  });
});

it("leaves what this user may not remove, and says so", async () => {
  const files = {
    ...KERNEL_CGROUP_FILES,
    isGroup: () => true,
    remove: () => false,
    read: () => "",
    write: () => false,
  };
  await expect(removeLeftCgroups([PARENT], files, 20)).rejects.toThrow(`the control group ${PARENT} cannot be removed`);
});

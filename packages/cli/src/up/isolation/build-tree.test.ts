import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ProgramFailed } from "../../process/run-program.ts";
import { buildTree } from "./build-tree.ts";
import { type NamespaceSet, openNamespaces, whyNoNamespaces } from "./namespace.ts";
import { planTree, rootOf } from "./overlay.ts";

const obstacle = await whyNoNamespaces();

let directory: string;
let namespaces: NamespaceSet | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-tree-"));
});
afterEach(async () => {
  await namespaces?.close();
  namespaces = undefined;
  await rm(directory, { recursive: true });
});

test("a host is built beside mounts that have vanished, and sees those that are files without writing to them", async (context) => {
  context.skip(obstacle !== undefined, obstacle);
  const dataDirectory = join(directory, "up");
  const hostDirectory = join(dataDirectory, "hosts/host-1");
  const places = ["disk", "gone", "gone/inner", "file"].map((name) => join(directory, name));
  const [disk = "", , , file = ""] = places;
  await mkdir(disk);
  await writeFile(join(disk, "kept"), "of the machine");
  await writeFile(file, "of the machine");
  const tree = {
    dataDirectory,
    hostDirectory,
    agentDirectory: join(hostDirectory, "agent"),
    submounts: places,
    shared: [],
    // An overlay's own layers may not lie in an overlay, which a container's root is.
    inMemory: true,
  };
  const plan = planTree(tree);
  for (const path of plan.directories) await mkdir(path, { recursive: true });
  namespaces = await openNamespaces();
  const { run } = namespaces;
  await run(["mount", "--bind", file, file]);
  await buildTree(plan.steps, run);
  const onHost = (...argv: string[]) => run(["chroot", rootOf(tree), ...argv]);
  expect(await onHost("cat", join(disk, "kept"), file)).toBe("of the machineof the machine");
  await onHost("cp", "/etc/passwd", join(disk, "written"));
  await expect(run(["ls", join(disk, "written")])).rejects.toThrow("No such file");
  await expect(onHost("cp", "/etc/passwd", file)).rejects.toThrow("Read-only file system");
  await expect(onHost("ls", join(directory, "gone"))).rejects.toThrow("No such file");
});

test("a step without which there is no host ends the building", async () => {
  const ran: string[] = [];
  const run = async (command: readonly string[]) => {
    ran.push(command.join(" "));
    if (command.includes("bad")) throw new ProgramFailed(command, "no", {});
  };
  const steps = [
    {
      command: ["bad", "mount"],
      otherwise: [
        ["bad", "bind"],
        ["let", "go"],
      ],
    },
    { command: ["bad"] },
    { command: ["never"] },
  ];
  await expect(buildTree(steps, run)).rejects.toThrow("bad: no");
  expect(ran).toEqual(["bad mount", "bad bind", "let go", "bad"]);
});

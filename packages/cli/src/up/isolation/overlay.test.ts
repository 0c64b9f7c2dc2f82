import { expect, test } from "vitest";
import { type HostTree, planTree, writtenPath } from "./overlay.ts";

const tree: HostTree = {
  dataDirectory: "/srv/up",
  hostDirectory: "/srv/up/hosts/host-1",
  agentDirectory: "/srv/up/hosts/host-1/agent",
  submounts: ["/home"],
  shared: ["/srv/journal"],
  inMemory: false,
};

const commandsOf = (one: HostTree) => planTree(one).steps.map(({ command }) => command);

test("a host sees the machine, writes beside it, and of the data directory only its own part", () => {
  const root = "/srv/up/hosts/host-1/root";
  expect(commandsOf(tree)).toEqual([
    [
      "mount",
      "-t",
      "overlay",
      "overlay",
      "-o",
      "lowerdir=/,upperdir=/srv/up/hosts/host-1/upper,workdir=/srv/up/hosts/host-1/work",
      `${root}/`,
    ],
    [
      "mount",
      "-t",
      "overlay",
      "overlay",
      "-o",
      "lowerdir=/home,upperdir=/srv/up/hosts/host-1/mounts/0/upper,workdir=/srv/up/hosts/host-1/mounts/0/work",
      `${root}/home`,
    ],
    ["mount", "-t", "proc", "proc", `${root}/proc`],
    ["mount", "-t", "sysfs", "sysfs", `${root}/sys`],
    ["mount", "--rbind", "/dev", `${root}/dev`],
    ["mount", "-t", "tmpfs", "tmpfs", `${root}/run`],
    ["mount", "-t", "tmpfs", "tmpfs", `${root}/srv/up`],
    ["mkdir", "-p", `${root}/srv/up/hosts/host-1/agent`],
    ["mount", "--bind", "/srv/up/hosts/host-1/agent", `${root}/srv/up/hosts/host-1/agent`],
    ["mkdir", "-p", `${root}/srv/journal`],
    ["mount", "--bind", "/srv/journal", `${root}/srv/journal`],
  ]);
  expect(writtenPath(tree, "/opt/web/index.html")).toBe("/srv/up/hosts/host-1/upper/opt/web/index.html");
});

test("a path that overlayfs would cut apart is refused with a cure", () => {
  const cut = { ...tree, dataDirectory: "/srv/a,b", hostDirectory: "/srv/a,b/hosts/host-1" };
  expect(() => planTree(cut)).toThrow("choose another with --data");
});

test("layers are kept in memory where the data directory cannot hold them", () => {
  const [mountMemory, makeDirectories, overlay] = commandsOf({ ...tree, inMemory: true, submounts: [] });
  const memory = "/srv/up/hosts/host-1/memory";
  expect(mountMemory).toEqual(["mount", "-t", "tmpfs", "tmpfs", memory]);
  expect(makeDirectories).toEqual(["mkdir", "-p", `${memory}/upper`, `${memory}/work`]);
  expect(overlay).toContain(`lowerdir=/,upperdir=${memory}/upper,workdir=${memory}/work`);
});

test("only a mount of another program may be missing, and what cannot be overlaid is read-only", () => {
  const optional = planTree(tree).steps.filter(({ otherwise }) => otherwise !== undefined);
  expect(optional.map(({ otherwise }) => otherwise)).toEqual([
    [
      ["mount", "-o", "bind,ro", "/home", "/srv/up/hosts/host-1/root/home"],
      ["umount", "/srv/up/hosts/host-1/root/home"],
    ],
  ]);
});

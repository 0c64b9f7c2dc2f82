import { join } from "node:path";

/** Where a host's tree lies on the machine. */
export interface HostTree {
  /** What `up` keeps of all hosts and the server; hidden from the hosts, except for each one's own agent directory. */
  readonly dataDirectory: string;
  /** Everything of this host: `agent/`, `upper/` (what it wrote), `work/`, `root/` (where its tree is mounted). */
  readonly hostDirectory: string;
  readonly agentDirectory: string;
  /** Mounts of the machine below `/`, outermost first. */
  readonly submounts: readonly string[];
  /** Directories that the host shares with the machine, for reading and writing, under the same path. */
  readonly shared: readonly string[];
  /** Keeps what the host writes in memory, because the data directory's file system cannot be the upper layer of an overlay. */
  readonly inMemory: boolean;
}

export interface TreePlan {
  /** Directories that must exist before, on the machine. */
  readonly directories: readonly string[];
  /** Directories to be empty: overlayfs leaves in them what only the mount that made it can use. */
  readonly scratch: readonly string[];
  /** To be taken one after the other inside of the host's mount and process namespaces. */
  readonly steps: readonly TreeStep[];
}

export interface TreeStep {
  readonly command: readonly string[];
  /**
   * What else to try, the next where the one before fails: of a mount without which the host can be. When all of them fail it goes without:
   * the mount belongs to another program, and may have vanished meanwhile. Absent: the step has to succeed.
   */
  readonly otherwise?: readonly (readonly string[])[] | undefined;
}

/** Overlayfs splits its options at these, and the lower directory's at the colon. */
const UNFIT_FOR_OVERLAY = /[,:\\]/;

export function rootOf(tree: HostTree): string {
  return join(tree.hostDirectory, "root");
}

/** Where what a host wrote to `path` is found on the machine, for paths on the machine's root file system. */
export function writtenPath(tree: HostTree, path: string): string {
  return join(tree.hostDirectory, "upper", path);
}

/**
 * How to build a tree in which a host sees the machine's files, and only itself what it changes in them.
 * @throws Error when the data directory's path cannot be an option of overlayfs
 */
export function planTree(tree: HostTree): TreePlan {
  if (UNFIT_FOR_OVERLAY.test(tree.hostDirectory)) {
    throw new Error(
      `the data directory ${tree.dataDirectory} has a comma, colon or backslash in its path: choose another with --data`,
    );
  }
  const root = rootOf(tree);
  const memory = join(tree.hostDirectory, "memory");
  const kept = tree.inMemory ? memory : tree.hostDirectory;
  const rootLayer = { place: "/", upper: join(kept, "upper"), work: join(kept, "work") };
  const mountLayers = tree.submounts
    .filter((place) => !UNFIT_FOR_OVERLAY.test(place))
    .map((place, index) => ({
      place,
      upper: join(kept, "mounts", String(index), "upper"),
      work: join(kept, "mounts", String(index), "work"),
    }));
  const layers = [rootLayer, ...mountLayers];
  const written = layers.flatMap(({ upper, work }) => [upper, work]);
  const bound = [tree.agentDirectory, ...tree.shared];
  return {
    scratch: layers.map(({ work }) => work),
    directories: [root, tree.agentDirectory, ...(tree.inMemory ? [memory] : written)],
    steps: [
      ...(tree.inMemory
        ? required([
            ["mount", "-t", "tmpfs", "tmpfs", memory],
            ["mkdir", "-p", ...written],
          ])
        : []),
      { command: overlay(rootLayer, root) },
      ...mountLayers.map((layer) => ({
        command: overlay(layer, root),
        otherwise: readOnlyBind(layer.place, join(root, layer.place)),
      })),
      ...required([
        ["mount", "-t", "proc", "proc", join(root, "proc")],
        ["mount", "-t", "sysfs", "sysfs", join(root, "sys")],
        ["mount", "--rbind", "/dev", join(root, "dev")],
        ["mount", "-t", "tmpfs", "tmpfs", join(root, "run")],
        // The server's keys and the other hosts' are nothing for a hook to find.
        ["mount", "-t", "tmpfs", "tmpfs", join(root, tree.dataDirectory)],
        ...bound.flatMap((path) => [
          ["mkdir", "-p", join(root, path)],
          ["mount", "--bind", path, join(root, path)],
        ]),
      ]),
    ],
  };
}

interface Layer {
  readonly place: string;
  readonly upper: string;
  readonly work: string;
}

function overlay({ place, upper, work }: Layer, root: string): readonly string[] {
  const options = `lowerdir=${place},upperdir=${upper},workdir=${work}`;
  return ["mount", "-t", "overlay", "overlay", "-o", options, join(root, place)];
}

/** For what no overlay can lie on: a file, or a file system that is not made for it. The machine's own must not be written to. */
function readOnlyBind(place: string, target: string): readonly (readonly string[])[] {
  // mount binds first and makes it read-only after that: what could not be made so is let go of.
  return [
    ["mount", "-o", "bind,ro", place, target],
    ["umount", target],
  ];
}

function required(commands: readonly (readonly string[])[]): readonly TreeStep[] {
  return commands.map((command) => ({ command }));
}

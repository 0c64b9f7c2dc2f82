/** A line of /proc/self/mountinfo, as far as a host's own tree needs it. */
export interface Mount {
  readonly mountPoint: string;
  readonly fileSystem: string;
}

/** File systems that hold no files of their own, or files that the kernel makes. */
const KERNEL_FILE_SYSTEMS = new Set([
  "autofs",
  "binfmt_misc",
  "bpf",
  "cgroup",
  "cgroup2",
  "configfs",
  "debugfs",
  "devpts",
  "devtmpfs",
  "efivarfs",
  "fusectl",
  "hugetlbfs",
  "mqueue",
  "nsfs",
  "proc",
  "pstore",
  "rpc_pipefs",
  "securityfs",
  "sysfs",
  "tracefs",
]);
const OWN_IN_EVERY_HOST = ["/proc", "/sys", "/dev", "/run"];
/** Containers' own files: they come and go with the containers, at any time, and are nothing to a host. */
const OF_CONTAINER_ENGINES = ["/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", "/var/lib/kubelet"];

/** Reads /proc/self/mountinfo (proc(5)): octal escapes undone, a mount that hides earlier ones at the same place or below it wins. */
export function parseMountInfo(text: string): Mount[] {
  const byPlace = new Map<string, Mount>();
  for (const line of text.split("\n")) {
    const [before, after] = line.split(" - ");
    const mountPoint = before?.split(" ")[4];
    const fileSystem = after?.split(" ")[0];
    if (mountPoint === undefined || fileSystem === undefined) continue;
    const place = mountPoint.replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    for (const other of byPlace.keys())
      if (other === place || (place !== "/" && isBelow(other, place))) byPlace.delete(other);
    byPlace.set(place, { mountPoint: place, fileSystem });
  }
  return [...byPlace.values()];
}

/**
 * The mounts below `/` that a host must see, outermost first: an overlay of `/` shows none of them. `hidden` is left out with all
 * that lies below it.
 */
export function mountsToOverlay(mounts: readonly Mount[], hidden: string): string[] {
  return mounts
    .filter(
      ({ mountPoint, fileSystem }) =>
        mountPoint !== "/" && !KERNEL_FILE_SYSTEMS.has(fileSystem) && mountPoint !== hidden,
    )
    .map(({ mountPoint }) => mountPoint)
    .filter((place) => ![hidden, ...OWN_IN_EVERY_HOST, ...OF_CONTAINER_ENGINES].some((own) => isBelow(place, own)))
    .sort((a, b) => a.split("/").length - b.split("/").length || a.localeCompare(b));
}

function isBelow(place: string, parent: string): boolean {
  return place === parent || place.startsWith(`${parent}/`);
}

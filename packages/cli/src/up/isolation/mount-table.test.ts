import { expect, test } from "vitest";
import { mountsToOverlay, parseMountInfo } from "./mount-table.ts";

const MOUNT_INFO = `22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
23 22 0:20 / /proc rw - proc proc rw
24 22 0:21 / /sys rw - sysfs sysfs rw
25 24 0:22 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw
26 22 0:5 / /dev rw - devtmpfs devtmpfs rw
27 26 0:23 / /dev/shm rw - tmpfs tmpfs rw
28 22 0:24 / /run rw - tmpfs tmpfs rw
29 22 8:1 / /home rw shared:1 - ext4 /dev/sdb rw
30 29 8:2 / /home/data rw shared:2 master:1 - xfs /dev/sdc rw
31 22 8:3 / /mnt/with\\040space rw - ext4 /dev/sdd rw
32 22 0:30 / /tmp rw - ext4 /dev/sde rw
33 22 0:31 / /tmp rw - tmpfs tmpfs rw
34 22 0:32 / /tmp/up/hosts/host-1/root rw - overlay overlay rw
`;

test("a mount that hides another at its place wins, and escapes are undone", () => {
  const mounts = parseMountInfo(MOUNT_INFO);
  expect(mounts.find(({ mountPoint }) => mountPoint === "/tmp")).toEqual({ mountPoint: "/tmp", fileSystem: "tmpfs" });
  expect(mounts.map(({ mountPoint }) => mountPoint)).toContain("/mnt/with space");
});

test("hosts see the mounts that hold files, outermost first, but not what is hidden or their own", () => {
  expect(mountsToOverlay(parseMountInfo(MOUNT_INFO), "/tmp/up")).toEqual([
    "/home",
    "/tmp",
    "/home/data",
    "/mnt/with space",
  ]);
});

test("hosts see no mount that a later one above it has covered", () => {
  const info = `22 1 254:0 / / rw - ext4 /dev/vda rw
23 22 0:30 / /tmp/small rw - tmpfs tmpfs rw
24 22 0:31 / /tmp rw - tmpfs tmpfs rw
25 24 0:32 / /tmp/new rw - tmpfs tmpfs rw
`;
  expect(mountsToOverlay(parseMountInfo(info), "/data")).toEqual(["/tmp", "/tmp/new"]);
});

test("hosts see no files of containers, which go away with them at any time", () => {
  const info = `22 1 254:0 / / rw - ext4 /dev/vda rw
23 22 0:30 / /var/lib/docker/overlay2/7e4b/merged rw - overlay overlay rw
24 22 8:1 / /var/lib/dockerfiles rw - ext4 /dev/sdb rw
`;
  expect(mountsToOverlay(parseMountInfo(info), "/data")).toEqual(["/var/lib/dockerfiles"]);
});

import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import type { World } from "../docs/paste/paste-world.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { removeCgroups } from "./docker-engine.fixture.ts";

/** Where Docker's own programs look for it. */
const SOCKET = "/run/docker.sock";
/** In memory, like all files of the world. */
const PLACE = "/media/docker";

/** A Docker Engine in a world of one reader, at the usual socket, with its own files, addresses and containers. It ends with the world. */
export async function startEngineIn(world: World): Promise<{ stop(): Promise<void> }> {
  const cgroup = `/paste-world-${randomUUID()}`;
  const children: ChildProcess[] = [];
  const start = (program: string, ...words: readonly string[]) => {
    const shell = `exec "$0" "$@" >>${PLACE}/engine.log 2>&1`;
    const [enter = "", ...more] = world.enter;
    const path = `${process.env.PATH}:/usr/sbin:/sbin`;
    children.push(
      spawn(enter, [...more, "sh", "-c", shell, program, ...words], {
        stdio: "ignore",
        env: { ...process.env, PATH: path },
      }),
    );
  };
  const isThere = (...argv: readonly string[]) =>
    world.run(argv).then(
      () => true,
      () => false,
    );
  await world.run(["mkdir", "-p", PLACE]);
  // An empty configuration, so that the machine's own are not read.
  await world.run(["sh", "-c", `echo '{}' >${PLACE}/daemon.json && echo 'version = 2' >${PLACE}/containerd.toml`]);
  start(
    "containerd",
    ...[
      "--config",
      `${PLACE}/containerd.toml`,
      "--root",
      `${PLACE}/containerd`,
      "--state",
      `${PLACE}/containerd-state`,
    ],
    ...["--address", `${PLACE}/containerd.sock`],
  );
  await until("containerd listens", () => isThere("test", "-S", `${PLACE}/containerd.sock`));
  start(
    "dockerd",
    ...[`--config-file=${PLACE}/daemon.json`, `--host=unix://${SOCKET}`, `--containerd=${PLACE}/containerd.sock`],
    ...[`--data-root=${PLACE}/data`, `--exec-root=${PLACE}/exec`, `--pidfile=${PLACE}/docker.pid`],
    ...[`--cgroup-parent=${cgroup}`, "--exec-opt=native.cgroupdriver=cgroupfs"],
    ...["--bridge=none", "--iptables=false", "--ip-forward=false", "--ip-masq=false"],
  );
  await until("the Docker Engine answers", () =>
    isThere("curl", "--silent", "--fail", "--unix-socket", SOCKET, "http://docker/_ping"),
  ).catch(async (error: unknown) => {
    throw new Error(await world.run(["tail", "-n", "30", `${PLACE}/engine.log`]), { cause: error });
  });
  return {
    stop: async () => {
      for (const child of children) child.kill("SIGKILL");
      await removeCgroups(cgroup);
    },
  };
}

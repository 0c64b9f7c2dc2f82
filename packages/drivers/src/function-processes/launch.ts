import type { ResourceLimits } from "./resource-limits.ts";

/**
 * How a function's process is started, as fixed scripts: what differs comes as arguments. Variables of the function come under names of our own, so
 * that they mean nothing to the programs that root runs (`LD_PRELOAD`), and get their names when the process is nobody of importance any more.
 */
const VARIABLE_PREFIX = "SLUICE_V_";
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** `FOLDER [NAME...] -- COMMAND...`: gives variables their names, and runs the command in the folder, with one output. */
const RUN = `
cd "$1" || exit 125
unset OLDPWD
shift
umask 022
while [ "$1" != -- ]; do
  eval "export $1=\\"\\$${VARIABLE_PREFIX}$1\\""
  unset "${VARIABLE_PREFIX}$1"
  shift
done
shift
`;

const RUN_ALONE = `${RUN}
exec "$@" </dev/null 2>&1
`;

/** As PID 1, it waits for processes that others left, and whatever the runtime does to itself ends as it would elsewhere. */
const RUN_AS_INIT = `${RUN}
"$@" </dev/null 2>&1 &
# What the shell itself says of how it ended is nobody's.
exec 2>/dev/null
wait "$!"
exit
`;

/** `TABLE [CGROUP...] -- ROOT UID FILES PROCESSES FILE-BYTES RUN RUN-ARGUMENTS...`: mounts what is in the table, joins groups, and gives up all that root may. */
const ENTER = `
set -e
mount -a -T "$1" &
mounting=$!
shift
# The kernel takes some milliseconds for each, in which it does nothing: meanwhile the mounts are made.
while [ "$1" != -- ]; do
  echo 0 >"$1/cgroup.procs"
  shift
done
wait "$mounting"
root=$2 uid=$3 files=$4 processes=$5 bytes=$6 run=$7
shift 7
exec prlimit --core=0 --nofile="$files" --nproc="$processes" --fsize="$bytes" chroot "$root" setpriv --reuid "$uid" --regid "$uid" --clear-groups \\
  --no-new-privs --bounding-set=-all --inh-caps=-all --pdeathsig KILL /bin/sh -c "$run" sluice "$@"
`;

/** The same without a root folder and mounts: the processes are another user's, and that is all. */
const JOIN = `
set -e
while [ "$1" != -- ]; do
  echo 0 >"$1/cgroup.procs"
  shift
done
shift
exec "$@"
`;

export interface Launch {
  readonly command: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

export interface Launched {
  readonly folder: string;
  readonly command: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly cgroupFolders: readonly string[];
}

export interface SandboxLaunch {
  readonly root: string;
  /** The file that says what is mounted there. */
  readonly table: string;
  readonly uid: number;
  readonly limits: ResourceLimits;
}

/** In a root folder, process table and mounts of its own, as its own user. */
export function launchInSandbox(
  { folder, command, variables, cgroupFolders }: Launched,
  { root, table, uid, limits: { files, processes, fileBytes } }: SandboxLaunch,
): Launch {
  const limits = [files, processes, fileBytes].map(String);
  return {
    command: [
      ...["setpriv", "--pdeathsig", "KILL"],
      ...["unshare", "--mount", "--pid", "--ipc", "--fork", "--kill-child", "--propagation", "private"],
      ...["/bin/sh", "-c", ENTER, "sluice", table, ...cgroupFolders, "--", root, String(uid), ...limits, RUN_AS_INIT],
      ...[folder, ...namesOf(variables), "--", ...command],
    ],
    variables: hiddenVariables(variables),
  };
}

/** As whoever runs Sluice. */
export function launchAlone({ folder, command, variables, cgroupFolders }: Launched, hasDeathSignal: boolean): Launch {
  return {
    command: [
      ...(hasDeathSignal ? ["setpriv", "--pdeathsig", "KILL"] : []),
      ...["/bin/sh", "-c", JOIN, "sluice", ...cgroupFolders, "--"],
      ...["/bin/sh", "-c", RUN_ALONE, "sluice", folder, ...namesOf(variables), "--", ...command],
    ],
    variables: hiddenVariables(variables),
  };
}

function namesOf(variables: Readonly<Record<string, string>>): string[] {
  const names = Object.keys(variables);
  const wrong = names.find((name) => !VARIABLE_NAME.test(name));
  if (wrong !== undefined)
    throw new Error(`no variable can be called ${JSON.stringify(wrong)}: use letters, digits and _`);
  return names;
}

function hiddenVariables(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [`${VARIABLE_PREFIX}${name}`, value]));
}

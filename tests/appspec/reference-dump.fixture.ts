import type { AppSpec, AppSpecPermission, HookScript } from "@sluice/model/app-spec/app-spec.ts";

/** One line of a corpus's verdicts.json: what the reference agent's parser made of the file `${id}.yml`. */
export interface Verdict {
  readonly id: string;
  readonly platform: string;
  /** The operating system of the agent that read the file. */
  readonly host: "linux" | "windows";
  readonly verdict: "accepted" | "rejected";
  readonly dump?: ReferenceDump;
  readonly error?: string;
  readonly errorClass?: string;
}

interface ReferenceDump {
  readonly hooks: Readonly<Record<string, readonly { readonly sudo: unknown }[]>>;
  readonly [field: string]: unknown;
}

/** An AppSpec in the shape of the corpus's dumps. */
export function dumpAppSpec(appSpec: AppSpec): unknown {
  return {
    version: appSpec.version,
    os: appSpec.os,
    files: appSpec.files,
    hooks: mapValues(appSpec.hooks, (scripts) => scripts.map(dumpScript)),
    permissions: appSpec.permissions.map(dumpPermission),
    file_exists_behavior: appSpec.fileExistsBehavior,
  };
}

/** The dump keeps what the file said of sudo; an AppSpec keeps whether it counts (all but null and false do). */
export function expectedDump(dump: ReferenceDump): unknown {
  return {
    ...dump,
    // JSON keeps the sign of -0.0, which says nothing here.
    version: Number(dump["version"]) + 0,
    hooks: mapValues(dump.hooks, (scripts) =>
      scripts.map((script) => ({ ...script, sudo: script.sudo !== null && script.sudo !== false })),
    ),
  };
}

function dumpScript(script: HookScript): unknown {
  return { location: script.location, timeout: script.timeoutSeconds, runas: script.runas, sudo: script.sudo };
}

function dumpPermission(permission: AppSpecPermission): unknown {
  const { mode, context, ...rest } = permission;
  return {
    ...rest,
    mode: mode && {
      mode: mode.text,
      owner: String((mode.value >> 6) & 7),
      group: String((mode.value >> 3) & 7),
      world: String(mode.value & 7),
      setuid: (mode.value & 0o4000) !== 0,
      setgid: (mode.value & 0o2000) !== 0,
      sticky: (mode.value & 0o1000) !== 0,
    },
    context: context && { ...context, role: null },
  };
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

import type { AppSpec, AppSpecPermission, AppSpecValue, HookScript } from "../app-spec/app-spec.ts";
import { isTruthy, isYamlList, isYamlMap, plainValue, type YamlValue, yamlText } from "../app-spec/yaml-value.ts";

/** What the reference agent's parser made of a file, in the shape of the corpora of AppSpecs. */
export interface ReferenceDump {
  readonly version: number;
  readonly os: string;
  readonly files: AppSpec["files"];
  readonly hooks: Readonly<Record<string, readonly DumpedScript[]>>;
  readonly permissions: readonly object[];
  readonly file_exists_behavior: string | null;
}

interface DumpedScript {
  readonly location: string;
  readonly timeout: number;
  readonly runas: string | null;
  /** As the file has it: the reference keeps what it is given. */
  readonly sudo: AppSpecValue;
}

/** @param root of the file that the AppSpec was read from */
export function dumpAppSpec(appSpec: AppSpec, root: YamlValue): ReferenceDump {
  const sudo = sudoByEvent(root);
  return {
    version: appSpec.version,
    os: appSpec.os,
    files: appSpec.files,
    hooks: Object.fromEntries(
      Object.entries(appSpec.hooks).map(([event, scripts]) => [
        event,
        scripts.map((script, index) => dumpScript(script, sudo.get(event)?.[index] ?? null)),
      ]),
    ),
    permissions: appSpec.permissions.map(dumpPermission),
    file_exists_behavior: appSpec.fileExistsBehavior,
  };
}

function sudoByEvent(root: YamlValue): ReadonlyMap<string, readonly AppSpecValue[]> {
  const hooks = isYamlMap(root) ? (root.get("hooks") ?? null) : null;
  const events = isYamlMap(hooks) ? [...hooks].filter(([, scripts]) => isTruthy(scripts)) : [];
  return new Map(
    events.map(([event, scripts]) => [
      yamlText(event),
      (isYamlList(scripts) ? scripts : []).map((script) =>
        isYamlMap(script) ? plainValue(script.get("sudo") ?? null) : null,
      ),
    ]),
  );
}

function dumpScript({ location, timeoutSeconds, runas }: HookScript, sudo: AppSpecValue): DumpedScript {
  return { location, timeout: timeoutSeconds, runas, sudo };
}

function dumpPermission({ mode, context, ...rest }: AppSpecPermission): object {
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
    context: context && { user: context.user, role: null, type: context.type, range: context.range },
  };
}

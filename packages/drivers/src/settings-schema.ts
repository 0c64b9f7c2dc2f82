/** One setting of a driver. */
export interface SettingField {
  readonly type: "string" | "boolean" | "number";
  readonly required: boolean;
  /** What it is, for the message about a missing one. */
  readonly description: string;
  /** Its value never appears in a message. */
  readonly secret?: boolean;
  /** Why a value of the right type is still wrong, as the end of a sentence; undefined when it is right. */
  readonly problem?: (value: string) => string | undefined;
  /** Of a number: the least and the most that it may be. */
  readonly range?: readonly [least: number, most: number];
}

/** Every setting of a driver by name. */
export type SettingsSchema<Settings extends object> = { readonly [Name in keyof Settings & string]-?: SettingField };

/** A setting is wrong. `path` says which: `endpoint`. */
export class SettingsError extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.name = "SettingsError";
    this.path = path;
  }
}

/** Checks settings as they were read from a file. Throws a {@link SettingsError} that names the first wrong one. */
export function readSettings<Settings extends object>(
  schema: SettingsSchema<Settings> | undefined,
  value: Readonly<Record<string, unknown>>,
): Settings {
  const fields: Readonly<Record<string, SettingField>> = schema ?? {};
  const names = Object.keys(fields);
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(fields, name)) continue;
    const known = names.length === 0 ? "the driver has no settings" : `use one of ${names.join(", ")}`;
    throw new SettingsError(name, `is not a setting of this driver: ${known}`);
  }
  for (const [name, field] of Object.entries(fields)) checkSetting(name, field, value[name]);
  return value as Settings;
}

function checkSetting(name: string, field: SettingField, value: unknown): void {
  if (value === undefined || value === null) {
    if (field.required) throw new SettingsError(name, `is missing: ${field.description}`);
    return;
  }
  if (typeof value !== field.type) {
    const shown = field.secret ? "" : ` ${JSON.stringify(value)}`;
    throw new SettingsError(name, `has the value${shown} of type ${typeof value}: give a ${field.type}`);
  }
  const problem = typeof value === "string" ? field.problem?.(value) : rangeProblem(value, field.range);
  if (problem !== undefined) throw new SettingsError(name, problem);
}

function rangeProblem(value: unknown, range: SettingField["range"]): string | undefined {
  if (typeof value !== "number" || range === undefined) return undefined;
  const [least, most] = range;
  return value >= least && value <= most ? undefined : `has the value ${value}: give a number from ${least} to ${most}`;
}

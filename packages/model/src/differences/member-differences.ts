/** Of two values, at most so many members that differ are told. */
export const MAX_MEMBER_DIFFERENCES = 500;

export interface MemberDifference {
  /** `alarmConfiguration.alarms[0].name` */
  readonly path: string;
  /** JSON; absent: it was not there. */
  readonly from?: string;
  readonly to?: string;
}

/** The members in which two values differ, as JSON has them, by path. Dates are ISO 8601; undefined members are not there. */
export function memberDifferences(from: unknown, to: unknown): MemberDifference[] {
  const found: MemberDifference[] = [];
  compare("", plain(from), plain(to), found);
  return found;
}

function compare(path: string, from: unknown, to: unknown, found: MemberDifference[]): void {
  if (found.length >= MAX_MEMBER_DIFFERENCES) return;
  if (isStructure(from) && isStructure(to) && Array.isArray(from) === Array.isArray(to)) {
    const isList = Array.isArray(from);
    const names = isList
      ? [...Array(Math.max(from.length, (to as unknown as unknown[]).length)).keys()].map(String)
      : [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
    for (const name of names) {
      const inner = isList ? `${path}[${name}]` : path === "" ? name : `${path}.${name}`;
      compare(inner, memberOf(from, name), memberOf(to, name), found);
    }
    return;
  }
  const [one, other] = [JSON.stringify(from), JSON.stringify(to)];
  if (one === other) return;
  found.push({ path, ...(one === undefined ? {} : { from: one }), ...(other === undefined ? {} : { to: other }) });
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}

function isStructure(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function memberOf(value: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

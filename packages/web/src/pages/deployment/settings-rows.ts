/** One setting as it is shown: `loadBalancerInfo.targetGroupInfoList[0].name` and its value. */
export interface SettingRow {
  readonly path: string;
  readonly value: string;
}
/** Settings that stand together: the first part of their paths. */
export interface SettingSection {
  readonly name: string;
  readonly rows: readonly SettingRow[];
}

/** What a settings object says, leaf by leaf; empty lists, empty objects and what is not there are left out. */
export function settingSections(settings: object): readonly SettingSection[] {
  const sections: SettingSection[] = [];
  const plain: SettingRow[] = [];
  for (const [name, value] of Object.entries(settings)) {
    const rows = [...leavesOf(name, value)];
    if (rows.length === 0) continue;
    if (rows.length === 1 && rows[0]!.path === name) plain.push(rows[0]!);
    else
      sections.push({ name, rows: rows.map(({ path, value: text }) => ({ path: within(path, name), value: text })) });
  }
  return plain.length > 0 ? [{ name: "", rows: plain }, ...sections] : sections;
}

function* leavesOf(path: string, value: unknown): Generator<SettingRow> {
  if (value === undefined || value === null) return;
  if (value instanceof Date) yield { path, value: value.toISOString() };
  else if (Array.isArray(value)) {
    if (value.length > 0 && value.every((each) => typeof each !== "object")) yield { path, value: value.join(", ") };
    else for (const [index, each] of value.entries()) yield* leavesOf(`${path}[${index}]`, each);
  } else if (isTagFilter(value)) {
    yield { path, value: tagFilterWords(value) };
  } else if (typeof value === "object") {
    for (const [name, each] of Object.entries(value)) yield* leavesOf(`${path}.${name}`, each);
  } else yield { path, value: String(value) };
}

function within(path: string, name: string): string {
  const rest = path.slice(name.length);
  return rest.startsWith(".") ? rest.slice(1) : rest;
}

interface TagFilter {
  readonly Key?: string;
  readonly Value?: string;
  readonly Type: string;
}

function isTagFilter(value: unknown): value is TagFilter {
  return typeof value === "object" && value !== null && "Type" in value && ("Key" in value || "Value" in value);
}

function tagFilterWords({ Key = "", Value = "", Type }: TagFilter): string {
  if (Type === "KEY_ONLY") return `${Key}, whatever its value`;
  if (Type === "VALUE_ONLY") return `${Value}, of whatever tag`;
  return `${Key} = ${Value}`;
}

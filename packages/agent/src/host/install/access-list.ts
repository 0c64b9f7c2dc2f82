const PARTS = 3;

/** An entry as the AppSpec's grammar normalises it: `[default:](user|group|mask|other):[NAME]:rwx`. */
interface Entry {
  readonly isDefault: boolean;
  readonly type: string;
  readonly name: string;
  readonly permissions: string;
}

/**
 * What `setfacl --set` gets for one file or directory: the entries of the AppSpec, and those that it leaves to the mode. As in the reference agent
 * (`install_instruction.rb`), a mask that is not given is the group's bits, and a default one is the default group's.
 * @param mode of the file, of which the last nine bits count
 */
export function wholeAccessList(acls: readonly string[], mode: number): string {
  const entries = acls.map(entryOf);
  const has = (isDefault: boolean, test: (entry: Entry) => boolean) =>
    entries.some((entry) => entry.isDefault === isDefault && test(entry));
  const isNamed = ({ name }: Entry) => name !== "";
  const isMask = ({ type }: Entry) => type === "mask";
  const isOwn = (type: string) => (entry: Entry) => entry.type === type && entry.name === "";
  const [user, group, other] = classesOf(mode);

  const added = [`user::${user}`, `group::${group}`, `other::${other}`];
  if (has(false, isNamed) && !has(false, isMask)) added.push(`mask::${group}`);
  if (hasDefaults(acls)) {
    if (!has(true, isOwn("user"))) added.push(`default:user::${user}`);
    if (!has(true, isOwn("group"))) added.push(`default:group::${group}`);
    if (!has(true, isOwn("other"))) added.push(`default:other::${other}`);
    if (has(true, isNamed) && !has(true, isMask)) {
      const given = entries.find((entry) => entry.isDefault && isOwn("group")(entry));
      added.push(`default:mask::${given?.permissions ?? group}`);
    }
  }
  return [...acls, ...added].join(",");
}

/** Such entries are for what will be made in a directory; a file has none. */
export function hasDefaults(acls: readonly string[]): boolean {
  return acls.some((entry) => entryOf(entry).isDefault);
}

/** The users and groups that entries name. A number is itself, whoever has it. */
export function namedAccounts(acls: readonly string[]): {
  readonly users: readonly string[];
  readonly groups: readonly string[];
} {
  const named = acls.map(entryOf).filter(({ name }) => name !== "" && !/^\d+$/.test(name));
  const namesOf = (wanted: string) => named.filter(({ type }) => type === wanted).map(({ name }) => name);
  return { users: namesOf("user"), groups: namesOf("group") };
}

function entryOf(text: string): Entry {
  const parts = text.split(":");
  const [type = "", name = "", permissions = ""] = parts.slice(-PARTS);
  return { isDefault: parts.length > PARTS, type, name, permissions };
}

function classesOf(mode: number): [user: string, group: string, other: string] {
  return [letters(mode >> 6), letters(mode >> 3), letters(mode)];
}

function letters(bits: number): string {
  return `${(bits & 4) !== 0 ? "r" : "-"}${(bits & 2) !== 0 ? "w" : "-"}${(bits & 1) !== 0 ? "x" : "-"}`;
}

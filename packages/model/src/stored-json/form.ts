/** What a stored value has to be for its readers, checked no deeper than they need it. */
export interface Form<T> {
  /** Why it is not one, as the end of a sentence; null when it is. */
  problemOf(value: unknown): string | null;
  /** With what stands for members that an earlier version did not store. */
  complete(stored: T): T;
}

const KINDS = {
  text: { words: "text", type: "string", isList: false },
  number: { words: "a number", type: "number", isList: false },
  flag: { words: "true or false", type: "boolean", isList: false },
  list: { words: "a list", type: "object", isList: true },
  object: { words: "an object", type: "object", isList: false },
} as const;

type KindName = keyof typeof KINDS;
const OR_NULL = " or null";
type Nullable<Kind extends string> = `${Kind}${typeof OR_NULL}`;

type KindOf<V> = V extends string
  ? "text"
  : V extends number
    ? "number"
    : V extends boolean
      ? "flag"
      : V extends readonly unknown[]
        ? "list"
        : "object";

/** The members that every `T` has, each with what it is. The compiler holds the list complete when a member is added to the type. */
export type Members<T> = {
  readonly [Name in keyof T as undefined extends T[Name] ? never : Name]-?: null extends T[Name]
    ? Nullable<KindOf<NonNullable<T[Name]>>>
    : KindOf<T[Name]>;
};

/** @param absent stands for members that were not stored */
export function objectOf<T extends object>(members: Members<T>, absent: Partial<T> = {}): Form<T> {
  const checks = Object.entries<KindName | Nullable<KindName>>(members).map(([name, kind]) => ({
    name,
    ...KINDS[kind.replace(OR_NULL, "") as KindName],
    mayBeNull: kind.endsWith(OR_NULL),
    mayBeAbsent: name in absent,
  }));
  const isWhole = Object.keys(absent).length === 0;
  return {
    problemOf(value) {
      if (!isObject(value)) return "it is not an object";
      // Of a deployment's state at each report of a host: without a call for each member.
      for (const { name, words, type, isList, mayBeNull, mayBeAbsent } of checks) {
        const member = value[name];
        if (member === null ? mayBeNull : member === undefined && mayBeAbsent) continue;
        if (member !== null && typeof member === type && (type !== "object" || Array.isArray(member) === isList))
          continue;
        return member === undefined ? `it has no ${name}` : `its ${name} is not ${words}`;
      }
      return null;
    },
    complete: (stored) => (isWhole ? stored : { ...absent, ...stored }),
  };
}

/** Items have no members that may be absent. */
export function listOf<Item>(item: Form<Item>): Form<readonly Item[]> {
  return {
    problemOf(value) {
      if (!Array.isArray(value)) return "it is not a list";
      for (const [place, one] of value.entries()) {
        const problem = item.problemOf(one);
        if (problem !== null) return `of number ${place + 1} in the list, ${problem}`;
      }
      return null;
    },
    complete: (stored) => stored,
  };
}

/** For lists of texts. */
export const TEXT: Form<string> = {
  problemOf: (value) => (typeof value === "string" ? null : "it is not text"),
  complete: (stored) => stored,
};

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

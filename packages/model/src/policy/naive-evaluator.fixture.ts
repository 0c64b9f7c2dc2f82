/**
 * A second evaluator, for comparison: it reads the JSON of a policy anew at every decision and follows IAM's rules one by one, with a
 * recursive matcher and whatever the platform has for dates, numbers and addresses. It shares no code with the first.
 */
type Json = Record<string, unknown>;
type Context = Readonly<Record<string, readonly string[]>>;

export interface NaiveRequest {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

export function naiveDecision(
  identity: readonly Json[],
  session: readonly Json[] | undefined,
  request: NaiveRequest,
): string {
  const everywhere = [...identity, ...(session ?? [])];
  if (everywhere.some((policy) => hasEffect(policy, "Deny", request))) return "explicit-deny";
  if (!identity.some((policy) => hasEffect(policy, "Allow", request))) return "implicit-deny identity";
  if (session !== undefined && !session.some((policy) => hasEffect(policy, "Allow", request)))
    return "implicit-deny session";
  return "allow";
}

function hasEffect(policy: Json, effect: string, request: NaiveRequest): boolean {
  return listOf(policy.Statement).some((one) => {
    const statement = one as Json;
    return statement.Effect === effect && applies(statement, policy.Version === "2012-10-17", request);
  });
}

function applies(statement: Json, hasVariables: boolean, { action, resource, context }: NaiveRequest): boolean {
  const isAction = (pattern: string) => glob(tokens(pattern.toLowerCase(), false, context), [...action.toLowerCase()]);
  if ("Action" in statement && !texts(statement.Action).some(isAction)) return false;
  if ("NotAction" in statement && texts(statement.NotAction).some(isAction)) return false;
  const isResource = (pattern: string) => glob(tokens(pattern, hasVariables, context), [...resource]);
  if ("Resource" in statement && !texts(statement.Resource).some(isResource)) return false;
  if ("NotResource" in statement && texts(statement.NotResource).some(isResource)) return false;
  return Object.entries((statement.Condition as Json | undefined) ?? {}).every(([operator, keys]) =>
    Object.entries(keys as Json).every(([key, wanted]) => isMet(operator, key, texts(wanted), hasVariables, context)),
  );
}

function isMet(operator: string, key: string, wanted: string[], hasVariables: boolean, context: Context): boolean {
  let values = context[key.toLowerCase()];
  if (values?.length === 0) values = undefined;
  if (operator === "Null") return wanted.some((one) => (one === "true") === (values === undefined));
  const set = operator.includes(":") ? operator.split(":")[0] : "";
  const ifExists = operator.endsWith("IfExists");
  const name = operator.replace(/^.*:/, "").replace(/IfExists$/, "");
  const isNegated = name.includes("Not");
  if (set !== "" && values?.every((value) => value === "")) values = undefined;
  if (values === undefined) {
    if (ifExists || set === "ForAllValues") return true;
    return set === "" && isNegated;
  }
  const equal = (value: string) =>
    wanted.some((one) => compares(name.replace("Not", ""), one, value, hasVariables, context));
  const one = (value: string) => equal(value) !== isNegated;
  if (set === "ForAllValues") return values.filter((value) => !one(value)).length === 0;
  if (set === "ForAnyValue") return values.filter(one).length > 0;
  return isNegated ? values.filter(equal).length === 0 : values.filter(equal).length > 0;
}

function compares(name: string, wanted: string, value: string, hasVariables: boolean, context: Context): boolean {
  const exact = () => {
    const text = tokens(wanted, hasVariables, context)
      ?.map((token) => (token.length > 1 ? token.slice(1) : token))
      .join("");
    return text;
  };
  const number = Number(value) - Number(wanted);
  const date = dateOf(value) - dateOf(wanted);
  switch (name) {
    case "StringEquals":
      return exact() === value;
    case "StringEqualsIgnoreCase":
      return exact()?.toLowerCase() === value.toLowerCase();
    case "StringLike":
      return glob(tokens(wanted, hasVariables, context), [...value]);
    case "ArnEquals":
    case "ArnLike": {
      const parts = (text: string) => [...text.split(":").slice(0, 5), text.split(":").slice(5).join(":")];
      return parts(value).every((part, index) => glob(tokens(parts(wanted)[index] ?? "", false, context), [...part]));
    }
    case "NumericEquals":
      return number === 0;
    case "NumericLessThan":
      return number < 0;
    case "NumericGreaterThanEquals":
      return number >= 0;
    case "DateEquals":
      return date === 0;
    case "DateGreaterThan":
      return date > 0;
    case "DateLessThanEquals":
      return date <= 0;
    case "Bool":
      return value.toLowerCase() === wanted.toLowerCase();
    case "IpAddress": {
      const [address = "", bits = "32"] = wanted.split("/");
      return bitsOf(value).startsWith(bitsOf(address).slice(0, Number(bits)));
    }
    default:
      throw new Error(`the naive evaluator does not know ${name}`);
  }
}

/** A token for each character; `\*` is an asterisk that stands for itself. Undefined where a variable has no value. */
function tokens(text: string, hasVariables: boolean, context: Context): string[] | undefined {
  if (text === "") return [];
  const variable = hasVariables ? /^\$\{([^},]+)(?:, '([^']*)')?\}/.exec(text) : null;
  if (variable === null) {
    const rest = tokens(text.slice(1), hasVariables, context);
    return rest && [text.charAt(0), ...rest];
  }
  const [whole, name = "", otherwise] = variable;
  const values = context[name.toLowerCase()] ?? [];
  const value = ["*", "?", "$"].includes(name) ? name : values.length === 1 ? values[0] : otherwise;
  const rest = tokens(text.slice(whole.length), hasVariables, context);
  return value === undefined ? undefined : rest && [...[...value].map((character) => `\\${character}`), ...rest];
}

function glob(pattern: string[] | undefined, text: string[]): boolean {
  if (pattern === undefined) return false;
  const [token, ...rest] = pattern;
  if (token === undefined) return text.length === 0;
  if (token === "*") return glob(rest, text) || (text.length > 0 && glob(pattern, text.slice(1)));
  return text.length > 0 && (token === "?" || token.at(-1) === text[0]) && glob(rest, text.slice(1));
}

function dateOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

function bitsOf(address: string): string {
  return address
    .split(".")
    .map((part) => Number(part).toString(2).padStart(8, "0"))
    .join("");
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function texts(value: unknown): string[] {
  return listOf(value).map(String);
}

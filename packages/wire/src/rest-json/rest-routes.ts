import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { RestService } from "./rest-service.ts";

/** Which operation a method and a path mean. */
export interface RestRoute {
  readonly operation: string;
  readonly isServed: boolean;
  /** Members that are in the path, as they are written there: still percent-encoded. */
  readonly labels: readonly (readonly [member: string, text: string])[];
}

/** One pattern, in its parts: text that has to be there, or the name of a member. */
interface Pattern {
  readonly operation: string;
  readonly isServed: boolean;
  readonly parts: readonly (string | { readonly member: string })[];
  /** A parameter that the query has to have: `find`. */
  readonly marker: string | undefined;
}

const LABEL = /^\{(\w+)\}$/;

/** A service's patterns by method, number of parts and the first two parts, which leaves a few for every path. */
export class RestRoutes {
  readonly #byStart = new Map<string, Pattern[]>();

  constructor({ http, unserved }: Pick<RestService, "http" | "unserved">) {
    for (const [operation, { method, path }] of Object.entries(http)) this.#add(operation, method, path, true);
    for (const [operation, [method, path]] of Object.entries(unserved)) this.#add(operation, method, path, false);
  }

  /** `path`: as it was sent, with its query. Undefined: no operation has it. */
  find(method: string, path: string): RestRoute | undefined {
    const { parts, query } = partsOf(path);
    // A signature covers the path without such parts: what is routed has to be what was signed.
    if (parts.some((part) => part === "" || part === "." || part === "..")) return undefined;
    for (const pattern of this.#byStart.get(startOf(method, parts)) ?? []) {
      if (pattern.marker !== undefined && !new URLSearchParams(query).has(pattern.marker)) continue;
      const labels = match(pattern, parts);
      if (labels) return { operation: pattern.operation, isServed: pattern.isServed, labels };
    }
    return undefined;
  }

  #add(operation: string, method: string, path: string, isServed: boolean): void {
    const { parts, query } = partsOf(path);
    const pattern = {
      operation,
      isServed,
      parts: parts.map((part) => {
        const member = LABEL.exec(part)?.[1];
        return member === undefined ? part : { member };
      }),
      marker: query === "" ? undefined : query.split("=", 1)[0],
    };
    const start = startOf(method, parts);
    const sharing = this.#byStart.get(start) ?? [];
    // What asks for more is looked at first.
    this.#byStart.set(start, pattern.marker === undefined ? [...sharing, pattern] : [pattern, ...sharing]);
  }
}

/** The path's parts between its slashes; one at the end is as good as none. */
export function partsOf(path: string): { readonly parts: readonly string[]; readonly query: string } {
  const question = path.indexOf("?");
  const end = question < 0 ? path.length : question;
  const text = path.slice(1, path[end - 1] === "/" ? end - 1 : end);
  return { parts: text.split("/"), query: question < 0 ? "" : path.slice(question + 1) };
}

function startOf(method: string, parts: readonly string[]): string {
  return `${method} ${parts.length} ${parts[0]} ${parts[1]}`;
}

function match({ parts: wanted }: Pattern, parts: readonly string[]): RestRoute["labels"] | undefined {
  const labels: [string, string][] = [];
  for (const [index, part] of wanted.entries()) {
    if (typeof part === "object") labels.push([part.member, parts[index]!]);
    else if (part !== parts[index]) return undefined;
  }
  return labels;
}

const SHOWN_CHARACTERS = 200;

/** A method and a path that no operation has, as a message may show them. */
export function noSuchCall(signingName: string, method: string, path: string): CallerFault {
  const shown = (path.split("?", 1)[0] ?? "").slice(0, SHOWN_CHARACTERS).replaceAll(/[^\x20-\x7e]/g, "?");
  return new CallerFault(
    "UnknownOperationException",
    `There is no operation ${method} ${shown} of ${signingName}. docs/reference/${signingName}.md lists those that Sluice serves.`,
  );
}

export function unservedCall(signingName: string, operation: string): CallerFault {
  return new CallerFault(
    "UnknownOperationException",
    `Sluice does not serve the operation ${operation} of ${signingName}. docs/reference/${signingName}.md lists those that it serves.`,
  );
}

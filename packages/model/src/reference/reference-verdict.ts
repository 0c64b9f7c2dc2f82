import type { AppSpecOs } from "../app-spec/app-spec.ts";
import { AppSpecError } from "../app-spec/app-spec-error.ts";
import { parseAppSpecDocument } from "../app-spec/app-spec-parser.ts";
import { ON_FAILURE, refuseUnknownLifecycleEvents } from "../app-spec/hook-scripts.ts";
import { readYamlDocument } from "../app-spec/yaml-document.ts";
import { isYamlMap, type YamlMap, type YamlValue } from "../app-spec/yaml-value.ts";
import { LIFECYCLE_EVENTS } from "../lifecycle-event.ts";
import { dumpAppSpec, type ReferenceDump } from "./reference-dump.ts";
import { referenceYamlFault } from "./yaml-grammar.ts";

/** What the reference agent makes of an AppSpec. */
export type ReferenceVerdict =
  | { readonly verdict: "accepted"; readonly dump: ReferenceDump }
  | { readonly verdict: "rejected"; readonly error: string; readonly errorClass: string };

/** Hooks that only hosts with the Sluice agent know; the reference fails a deployment with them before its first script. */
const OWN_EVENTS: readonly string[] = [ON_FAILURE];
/** Read by the Sluice agent alone. */
const OWN_KEY = "directory_link_behavior";

/**
 * The verdict of the reference agent's parser in its own words, those of its crashes included. Where ours refuses what the reference reads (see
 * `APP_SPEC_DEPARTURES`), the message is ours.
 * @param options.os of the host
 * @param options.fileName in the message about unknown events
 */
export function referenceVerdict(
  input: string | Uint8Array,
  { os = "linux", fileName = "appspec.yml" }: { readonly os?: AppSpecOs; readonly fileName?: string } = {},
): ReferenceVerdict {
  try {
    const root = readRoot(input);
    if (root.verdict !== undefined) return root.verdict;
    const document = { ...root.document, root: withoutOwnKey(root.document.root) };
    const appSpec = parseAppSpecDocument(document, { os, isInstalled: true });
    if (OWN_EVENTS.some((event) => Object.hasOwn(appSpec.hooks, event))) {
      return unknownEvents(() =>
        refuseUnknownLifecycleEvents(
          appSpec,
          LIFECYCLE_EVENTS.filter((event) => !OWN_EVENTS.includes(event)),
          fileName,
        ),
      );
    }
    return { verdict: "accepted", dump: dumpAppSpec(appSpec, document.root) };
  } catch (error) {
    if (!(error instanceof AppSpecError)) throw error;
    return rejected(error);
  }
}

function readRoot(input: string | Uint8Array) {
  // Whether a file is too large is known before anything is read.
  let document: ReturnType<typeof readYamlDocument> | AppSpecError;
  try {
    document = readYamlDocument(input);
  } catch (error) {
    if (!(error instanceof AppSpecError)) throw error;
    document = error;
  }
  const fault = referenceYamlFault(input);
  if (fault !== null) {
    const error = `(<unknown>): ${fault.message} at line ${fault.line} column ${fault.column}`;
    return { verdict: { verdict: "rejected", error, errorClass: "SyntaxError" } as const };
  }
  if (document instanceof AppSpecError) throw document;
  return { document };
}

function withoutOwnKey(root: YamlValue): YamlValue {
  if (!isYamlMap(root) || !root.has(OWN_KEY)) return root;
  const rest: YamlMap = new Map([...root].filter(([key]) => key !== OWN_KEY));
  return rest;
}

function unknownEvents(refuse: () => void): ReferenceVerdict {
  try {
    refuse();
  } catch (error) {
    if (error instanceof AppSpecError) {
      return { verdict: "rejected", error: error.message, errorClass: "ArgumentError" };
    }
    throw error;
  }
  throw new Error("an event of ours is unknown to the reference");
}

function rejected({ crash, message }: AppSpecError): ReferenceVerdict {
  return crash === null
    ? { verdict: "rejected", error: message, errorClass: "AppSpecValidationException" }
    : { verdict: "rejected", error: crash.message, errorClass: crash.errorClass };
}

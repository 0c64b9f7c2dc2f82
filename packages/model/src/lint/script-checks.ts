import { AppSpecError } from "../app-spec/app-spec-error.ts";
import { hookScripts, ON_FAILURE } from "../app-spec/hook-scripts.ts";
import { checkScriptValues } from "../app-spec/install-values.ts";
import { type BundleListing, type FileFacts, findInBundle, isInBundle, normalPath } from "./bundle-listing.ts";
import { by } from "./file-checks.ts";
import type { Finding } from "./finding.ts";
import {
  type BundledAppSpec,
  entriesOf,
  findingPlace,
  type LintSubject,
  placeOf,
  quoted,
  scriptsOf,
  type WrittenScript,
} from "./lint-subject.ts";
import { MAX_SUGGESTIONS, similarPath } from "./similar-path.ts";

/** In the order in which they run in every deployment that installs, from the revision that it installs. */
const EVENTS_OF_THIS_REVISION: readonly string[] = [
  "BeforeInstall",
  "AfterInstall",
  "ApplicationStart",
  "ValidateService",
];
const EVENTS_BY_THE_NEXT_DEPLOYMENT: readonly string[] = ["ApplicationStop", "BeforeBlockTraffic", "AfterBlockTraffic"];

interface Consequence {
  readonly severity: "error" | "warning";
  readonly words: string;
}

/** What a script that cannot run brings about; undefined for events that run none. */
function consequenceIn(event: string): Consequence | undefined {
  if (EVENTS_OF_THIS_REVISION.includes(event)) return { severity: "error", words: `every host fails at ${event}` };
  if (event === "BeforeAllowTraffic" || event === "AfterAllowTraffic") {
    return { severity: "warning", words: `every host fails at ${event}, if the group has a load balancer` };
  }
  if (event === ON_FAILURE) return { severity: "warning", words: "the hook does nothing on a host that failed" };
  if (!EVENTS_BY_THE_NEXT_DEPLOYMENT.includes(event)) return undefined;
  const condition = event === "ApplicationStop" ? "" : ", if the group has a load balancer";
  const words = `the deployment after this one fails at ${event}, which runs the script of the installed revision${condition}`;
  return { severity: "warning", words };
}

/** Locations and users that the grammar takes and no host. */
export function unusableScripts(subject: LintSubject): Finding[] {
  return scriptsOf(subject).flatMap((entry): Finding[] => {
    const script = hookScripts(subject.appSpec, entry.event)[entry.index];
    try {
      if (script !== undefined) checkScriptValues(script);
      return [];
    } catch (error) {
      if (!(error instanceof AppSpecError)) throw error;
      const message = `${error.message} Every host fails at DownloadBundle (with the AWS agent at ${entry.event}).`;
      return [{ check: "unusable-value", severity: "error", ...findingPlace(entry), message }];
    }
  });
}

/** Scripts that are not in the bundle, or that no host can start. */
export function scriptsThatCannotRun(subject: BundledAppSpec): Finding[] {
  const { bundle } = subject;
  if (bundle === null) return [];
  const scripts = scriptsOf(subject);
  let missing = 0;
  return scripts.flatMap((script): Finding[] => {
    const consequence = consequenceIn(script.event);
    // Without a location agents refuse the file.
    if (consequence === undefined || (script.map.get("location") ?? null) === null) return [];
    const found = findInBundle(bundle, script.location);
    const place = placeOf(subject, script, "location");
    const location = quoted(script.location);
    if (found.is === "outside") {
      const message = `The script ${location} leads out of the bundle${by(found)}: hosts with the Sluice agent fail at DownloadBundle. Put the script itself into the bundle, or one that calls it.`;
      return [{ check: "outside", severity: "error", ...place, message, onlyFor: "sluice-agent" }];
    }
    if (found.is === "missing" || found.is === "circle") {
      const doubt = isAfterOthers(script, scripts) ? ", unless an earlier script creates it" : "";
      missing += 1;
      const cure = missing > MAX_SUGGESTIONS ? "" : cureFor(script.location, bundle);
      const message = `The script ${location} is not in the bundle: ${consequence.words}${doubt}.${cure}`;
      return [{ check: "missing-script", severity: consequence.severity, ...place, message }];
    }
    const trouble = found.is === "directory" ? A_DIRECTORY : troubleOf(bundle.files.get(found.path));
    if (trouble === null) return [];
    const message = `The script ${location} ${trouble.what}: ${consequence.words}. ${trouble.cure}`;
    return [{ check: "unusable-script", severity: consequence.severity, ...place, message }];
  });
}

function isAfterOthers(script: WrittenScript, scripts: readonly WrittenScript[]): boolean {
  const order = [...EVENTS_OF_THIS_REVISION, ...EVENTS_BY_THE_NEXT_DEPLOYMENT];
  return scripts.some(({ event, index }) =>
    event === script.event
      ? index < script.index
      : order.indexOf(event) < order.indexOf(script.event) && order.includes(event),
  );
}

interface Trouble {
  readonly what: string;
  readonly cure: string;
}

const A_DIRECTORY: Trouble = { what: "is a directory", cure: "Name the script in it." };

function troubleOf(file: FileFacts | undefined): Trouble | null {
  if (file?.start !== "interpreter-cr") return null;
  return {
    what: "has Windows line ends, so Linux looks for an interpreter whose name ends with a carriage return",
    cure: "Save it with Unix line ends (dos2unix; in .gitattributes: *.sh text eol=lf).",
  };
}

/** Scripts that run, and perhaps not as they were meant. */
export function scriptsThatRunOtherwise(subject: BundledAppSpec): Finding[] {
  const { bundle } = subject;
  if (bundle === null) return [];
  return scriptsOf(subject).flatMap((script): Finding[] => {
    if (consequenceIn(script.event) === undefined) return [];
    const found = findInBundle(bundle, script.location);
    const facts = found.is === "file" ? bundle.files.get(found.path) : undefined;
    if (facts === undefined) return [];
    const { start, isExecutable } = facts;
    const place = placeOf(subject, script, "location");
    const findings: Finding[] = [];
    const odd = start === null ? undefined : ODD_STARTS[start];
    if (odd !== undefined) {
      const message = `The script ${quoted(script.location)} ${odd.words}`;
      findings.push({ check: "script-start", severity: odd.severity, ...place, message });
    }
    if (isExecutable === false) {
      const message = `The script ${quoted(script.location)} is not executable. Agents make it executable before they run it; hosts with strictScripts fail at ${script.event}. Run chmod +x on it.`;
      findings.push({ check: "not-executable", severity: "note", ...place, message });
    }
    return findings;
  });
}

/** Services that a script starts with its own outputs, or in its own place: its event ends only when they do. */
export function servicesLeftRunning(subject: BundledAppSpec): Finding[] {
  const { bundle } = subject;
  if (bundle === null) return [];
  return scriptsOf(subject).flatMap((script): Finding[] => {
    if (consequenceIn(script.event) === undefined) return [];
    const found = findInBundle(bundle, script.location);
    const started = found.is === "file" ? (bundle.files.get(found.path)?.leftRunning ?? []) : [];
    return started.slice(0, MAX_TOLD_COMMANDS).map(({ line, command, how }) => {
      const where = `Line ${line} of the script ${quoted(script.location)}`;
      return {
        check: how === "background" ? "left-running" : "foreground",
        severity: "warning" as const,
        ...placeOf(subject, script, "location"),
        message:
          how === "background"
            ? `${where} starts ${quoted(command)} in the background with the script's own outputs. Hosts with the AWS agent wait until these are closed, and ${script.event} fails when its timeout is over; hosts with the Sluice agent go on after half a second, and lose what it writes later. Redirect all three before the &: </dev/null >FILE 2>&1 &`
            : `${where} runs ${quoted(command)} in the foreground, which does not end by itself: ${script.event} fails when its timeout is over. Start it as a service (systemctl restart NAME), or in the background: ${quoted(command)} </dev/null >FILE 2>&1 &`,
      };
    });
  });
}

/** Programs that nothing can run, since the bundle has no modes and agents make hook scripts alone executable. */
export function programsWithoutModes(subject: LintSubject): Finding[] {
  const { bundle } = subject;
  if (bundle === null) return [];
  if ([...bundle.files.values()].some(({ isExecutable }) => isExecutable !== null)) return [];
  // Whoever sets modes has thought of it.
  if (entriesOf(subject, "permissions").some(({ map }) => (map.get("mode") ?? null) !== null)) return [];
  const scripts = new Set(scriptsOf(subject).map(({ location }) => normalPath(location)));
  const program = [...bundle.files.keys()].find((path) => PROGRAM_PATH.test(path) && !scripts.has(path));
  if (program === undefined) return [];
  const message = `The zip has no Unix modes (zips of Windows and of some build tools have none), so ${quoted(program)} is not executable on the hosts: what runs it gets "Permission denied". Only the scripts of hooks are made executable. Pack the bundle with zip or tar on Linux, or set a mode in permissions.`;
  return [{ check: "no-modes", severity: "warning", line: null, message }];
}

const MAX_TOLD_COMMANDS = 3;
const PROGRAM_PATH = /\.sh$|(^|\/)s?bin\/[^/]+$/;

const BY_SH = "so /bin/sh runs it, whatever interpreter it needs";

const ODD_STARTS: Readonly<Record<string, { readonly severity: "warning" | "note"; readonly words: string }>> = {
  "byte-order-mark": {
    severity: "warning",
    words: `begins with a byte order mark, which hides the interpreter line from Linux, ${BY_SH}. Save it as UTF-8 without a byte order mark.`,
  },
  "near-interpreter": {
    severity: "warning",
    words: `has a first line that is not an interpreter line, ${BY_SH}. It has to begin with #! and a path, such as #!/bin/bash.`,
  },
  "text-cr": {
    severity: "warning",
    words: `has Windows line ends, so /bin/sh reads the carriage returns as part of the commands. Save it with Unix line ends (dos2unix).`,
  },
  text: {
    severity: "note",
    words: `has no interpreter line, ${BY_SH}. Add one, such as #!/bin/bash.`,
  },
};

function cureFor(location: string, bundle: BundleListing): string {
  const [program = "", ...args] = location.split(/\s+/);
  if (args.length > 0 && isInBundle(bundle, program)) {
    return ` A location cannot have arguments: name only ${quoted(program)}, or a script that passes them.`;
  }
  const meant = similarPath(location, bundle, "file");
  if (meant !== undefined) return ` Did you mean ${quoted(meant)}?`;
  if (location.startsWith("/")) return " A location is a path in the bundle, not on the host.";
  return normalPath(location) === null ? "" : " Add it to the bundle, or correct the location.";
}

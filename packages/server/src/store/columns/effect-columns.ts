import type { EffectReport } from "@sluice/engine/effect-report.ts";
import type { Effect } from "@sluice/engine/event.ts";
import type { TargetResolution } from "@sluice/engine/observation.ts";
import type { TerminationReport } from "@sluice/engine/ports/fleet.ts";
import { type Form, objectOf } from "@sluice/model/stored-json/form.ts";
import { type Json, parseJson, UnreadableColumn } from "@sluice/model/stored-json/stored-json.ts";
import type { EffectKind, OutcomeOf, ProgressOf, RemovalProgress, Superseded } from "./effect-records.ts";
import { JsonColumn } from "./json-column.ts";

const EFFECT_FORM: Form<Effect> = {
  problemOf: objectOf<Pick<Effect, "kind" | "key">>({ kind: "text", key: "text" }).problemOf,
  complete: (stored) => stored,
};

export const EFFECT = new JsonColumn("effects.payload_json", ["effect_key"], EFFECT_FORM);

/** How what is written of effects of one kind is read, and what the planner is told of it. */
interface EffectForms<Kind extends EffectKind> {
  readonly outcome: Form<OutcomeOf<Kind>>;
  readonly progress: Form<ProgressOf<Kind>>;
  /** Undefined: nothing. */
  readonly reportOnOutcome: (outcome: OutcomeOf<Kind>) => EffectReport | undefined;
  readonly reportOnProgress: (progress: ProgressOf<Kind>) => EffectReport | undefined;
}

const ANY = objectOf<object>({});
const REPORT = objectOf<EffectReport>({ outcome: "text", detail: "text" });
const TERMINATION = objectOf<TerminationReport>({ terminated: "list", kept: "list" });
const RESOLVED = objectOf<Extract<TargetResolution, { outcome: "resolved" }>>({ outcome: "text", candidates: "list" });

const nothing = () => undefined;
const itself = (report: EffectReport) => report;

/** Who was asked is asked again until there is an answer. */
const ASKED = {
  outcome: orSuperseded(REPORT),
  progress: REPORT,
  reportOnOutcome: (outcome: EffectReport | Superseded) => (isSuperseded(outcome) ? undefined : outcome),
  reportOnProgress: itself,
};

const FORMS: { readonly [Kind in EffectKind]: EffectForms<Kind> } = {
  resolveTargets: {
    outcome: orSuperseded({
      problemOf: (value) => (hasOutcome(value, "resolved") ? RESOLVED : ANY).problemOf(value),
      complete: (stored) => stored,
    }),
    progress: { problemOf: ANY.problemOf, complete: (stored) => stored },
    // The planner is told of it as the deployment's resolution.
    reportOnOutcome: nothing,
    reportOnProgress: nothing,
  },
  withholdReplacements: ASKED,
  terminateOriginals: {
    outcome: orSuperseded(TERMINATION),
    progress: TERMINATION,
    reportOnOutcome: (outcome) =>
      isSuperseded(outcome) ? undefined : { outcome: "done", detail: "", termination: outcome },
    reportOnProgress: nothing,
  },
  routeTraffic: ASKED,
  createTaskSet: ASKED,
  awaitTaskSet: ASKED,
  setTestTraffic: ASKED,
  setWeights: ASKED,
  promoteTaskSet: ASKED,
  setAliasWeights: ASKED,
  invokeHook: ASKED,
  removeTaskSet: {
    ...ASKED,
    progress: objectOf<RemovalProgress>({ outcome: "text", detail: "text", since: "number" }),
  },
};

interface EffectRow {
  readonly effect_key: string;
  readonly kind: EffectKind;
}

/** How it ended. Throws an `UnreadableColumn`, as the others do. */
export function readOutcome<Kind extends EffectKind>(
  kind: Kind,
  row: Pick<EffectRow, "effect_key"> & { readonly outcome_json: Json<unknown> },
): OutcomeOf<Kind> {
  return readAs(formsOf(kind).outcome, row.outcome_json, () => `effects.outcome_json of ${row.effect_key}`);
}

/** What the attempts before left; undefined: nothing. */
export function readProgress<Kind extends EffectKind>(
  kind: Kind,
  row: Pick<EffectRow, "effect_key"> & { readonly progress_json: Json<unknown> | null },
): ProgressOf<Kind> | undefined {
  if (row.progress_json === null) return undefined;
  return readAs(formsOf(kind).progress, row.progress_json, () => `effects.progress_json of ${row.effect_key}`);
}

/** What the planner is told of an effect; undefined: nothing is known of it, or is its business. */
export function readReport({
  outcome_json,
  progress_json,
  ...row
}: EffectRow & {
  readonly outcome_json: Json<unknown> | null;
  readonly progress_json: Json<unknown> | null;
}): EffectReport | undefined {
  return reportOn(row.kind, { ...row, outcome_json, progress_json });
}

function reportOn<Kind extends EffectKind>(
  kind: Kind,
  row: Pick<EffectRow, "effect_key"> & {
    readonly outcome_json: Json<unknown> | null;
    readonly progress_json: Json<unknown> | null;
  },
): EffectReport | undefined {
  const { reportOnOutcome, reportOnProgress } = formsOf(kind);
  const { effect_key, outcome_json } = row;
  if (outcome_json !== null) return reportOnOutcome(readOutcome(kind, { effect_key, outcome_json }));
  const progress = readProgress(kind, row);
  return progress === undefined ? undefined : reportOnProgress(progress);
}

function formsOf<Kind extends EffectKind>(kind: Kind): EffectForms<Kind> {
  if (!Object.hasOwn(FORMS, kind)) throw new UnreadableColumn(`effects of kind ${kind} are not known to this version`);
  return FORMS[kind];
}

/** The row's kind says what its JSON is of. */
function readAs<T>(form: Form<T>, json: Json<unknown>, where: () => string): T {
  return parseJson(json as Json<T>, form, where);
}

function orSuperseded<T extends object>({ problemOf, complete }: Form<T>): Form<T | Superseded> {
  return {
    problemOf: (value) => (hasOutcome(value, "superseded") ? null : problemOf(value)),
    complete: (stored) => (isSuperseded(stored) ? stored : complete(stored)),
  };
}

function isSuperseded(outcome: object): outcome is Superseded {
  return hasOutcome(outcome, "superseded");
}

function hasOutcome(value: unknown, outcome: string): boolean {
  return typeof value === "object" && value !== null && "outcome" in value && value.outcome === outcome;
}

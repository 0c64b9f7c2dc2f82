import { readFile } from "node:fs/promises";
import { firstIssue, pathOf } from "@sluice/drivers/settings-schema.ts";
import { DEFAULT_SERVICE_LIMITS, type ServiceLimits } from "@sluice/model/service-limits.ts";
import { whyUnreadable } from "@sluice/model/unreadable-file.ts";
import * as v from "valibot";
import { isMap, isScalar, LineCounter, type Node, type ParsedNode, parseDocument } from "yaml";
import { DEFAULT_THROTTLE, type ThrottleRule } from "../access/key-budgets.ts";
import { type AuditRule, DEFAULT_AUDIT } from "../audit/audit-rule.ts";
import type { ConfiguredName } from "../http/server-names.ts";
import { DEFAULT_RETENTION, type RetentionRule } from "../retention/retention-rule.ts";
import type { Binding } from "./binding.ts";
import { type ConfigurableDriver, sluiceYmlSchema } from "./sluice-yml-schema.ts";

/** What sluice.yml says, checked in full. */
export interface SluiceConfig {
  readonly server: ServerSettings;
  readonly bindings: readonly Binding[];
  readonly retention: RetentionRule;
  readonly throttle: ThrottleRule;
  readonly limits: ServiceLimits;
  readonly audit: AuditRule;
}

/** What concerns the server itself. */
export interface ServerSettings {
  /** By which callers reach it, besides where it listens and what its certificate says. */
  readonly names: readonly ConfiguredName[];
}

export const EMPTY_CONFIG: SluiceConfig = {
  server: { names: [] },
  bindings: [],
  retention: DEFAULT_RETENTION,
  throttle: DEFAULT_THROTTLE,
  limits: DEFAULT_SERVICE_LIMITS,
  audit: DEFAULT_AUDIT,
};

/** The file is wrong. The message says where (`bindings[1].settings.endpoint`, with its line), what and how to mend it. */
export class ConfigError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ConfigError";
  }
}

export async function loadSluiceYml(path: string, drivers: readonly ConfigurableDriver[]): Promise<SluiceConfig> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new ConfigError(
      `--config ${path} ${whyUnreadable(error)}. Name a sluice.yml that exists and that this user may read, or leave --config out`,
      { cause: error },
    );
  }
  return parseSluiceYml(text, path, drivers);
}

export function parseSluiceYml(text: string, fileName: string, drivers: readonly ConfigurableDriver[]): SluiceConfig {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw new ConfigError(`${fileName}, line ${line}, column ${col}: ${error.message}`, { cause: error });
  }
  const root = document.contents;
  if (root === null) return EMPTY_CONFIG;
  const { success, output, issues } = v.safeParse(sluiceYmlSchema(drivers), document.toJS());
  if (success) return output;
  const issue = firstIssue(issues);
  const path = pathOf(issue);
  const { line } = lineCounter.linePos(offsetOf(path, root));
  throw new ConfigError(`${fileName}, line ${line}: ${formatPath(path)} ${issue.message}`);
}

type Path = readonly (string | number)[];

/** Where the path stands in the file, or the nearest part of it that does. */
function offsetOf(path: Path, root: ParsedNode): number {
  let node: Node | null = root;
  let offset = root.range[0];
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
      if (!pair) return offset;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = (pair.value ?? null) as Node | null;
    } else {
      const item = node as { items?: readonly Node[] } | null;
      node = item?.items?.[step as number] ?? null;
      offset = node?.range?.[0] ?? offset;
    }
  }
  return offset;
}

function formatPath(path: Path): string {
  if (path.length === 0) return "the file";
  return path.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
}

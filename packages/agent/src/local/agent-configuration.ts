import { readFileSync } from "node:fs";
import type { HostConfigInput } from "../host/host-config.ts";
import { checkHostSettings } from "../host/host-settings.ts";

export interface AgentConfiguration {
  /** Where deployments are kept, where the file says so. */
  readonly directory?: string | undefined;
  readonly config: HostConfigInput;
  /** Settings of the AWS agent's that a local deployment has no use for. */
  readonly unused: readonly string[];
}

/** The file cannot be read, or says what this program does not take. */
export class WrongAgentConfiguration extends Error {
  override readonly name = "WrongAgentConfiguration";
}

const MAX_REVISIONS = /^[1-9]\d{0,8}$/;

/**
 * Reads an agent.json, of which `host` is used, or the AWS agent's codedeployagent.yml.
 * @throws WrongAgentConfiguration, or WrongHostSetting that names the setting
 */
export function readAgentConfiguration(file: string): AgentConfiguration {
  const text = readText(file);
  return /\.ya?ml$/.test(file) ? ofAwsAgent(text, file) : ofAgentJson(text, file);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new WrongAgentConfiguration(
      `--agent-configuration-file ${file} cannot be read (${reason}). Name an agent.json, or a codedeployagent.yml of the AWS agent's.`,
      { cause: error },
    );
  }
}

function ofAgentJson(text: string, file: string): AgentConfiguration {
  let settings: unknown;
  try {
    settings = JSON.parse(text);
  } catch {
    // Without the parser's message, which quotes the file: it may hold keys.
    throw new WrongAgentConfiguration(
      `--agent-configuration-file ${file} is not JSON. Name an agent.json, or a file that ends in .yml.`,
    );
  }
  const host =
    typeof settings === "object" && settings !== null ? (settings as { readonly host?: unknown }).host : undefined;
  if (host === undefined) return { config: {}, unused: [] };
  if (typeof host !== "object" || host === null || Array.isArray(host)) {
    throw new WrongAgentConfiguration(
      `${file}: "host" is not an object of settings; remove it, or see docs/reference/configuration.md#agentjson`,
    );
  }
  checkHostSettings(host as Readonly<Record<string, unknown>>, file);
  return { config: host as HostConfigInput, unused: [] };
}

/** One setting a line, as the AWS agent's installer writes them: `:root_dir: '/opt/codedeploy-agent/deployment-root'`. */
function ofAwsAgent(text: string, file: string): AgentConfiguration {
  const settings = new Map<string, string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#.*)?$/.test(line) || /^(---|\.\.\.)\s*$/.test(line)) continue;
    const match = /^:?([a-z_0-9]+):(?:\s+(.*))?$/.exec(line);
    if (match === null) {
      throw new WrongAgentConfiguration(
        `${file}, line ${index + 1}: ${JSON.stringify(line)} is not a setting; write it as ":name: value".`,
      );
    }
    settings.set(match[1] ?? "", unquoted(match[2] ?? ""));
  }
  const taken = (name: string) => {
    const value = settings.get(name);
    settings.delete(name);
    return value === "" || value === "~" || value === "null" ? undefined : value;
  };
  const maxRevisions = taken("max_revisions");
  if (maxRevisions !== undefined && !MAX_REVISIONS.test(maxRevisions)) {
    throw new WrongAgentConfiguration(
      `${file}: max_revisions is ${JSON.stringify(maxRevisions)}; give a whole number of 1 or more.`,
    );
  }
  const config = {
    maxRevisions: maxRevisions === undefined ? undefined : Number(maxRevisions),
    proxy: taken("proxy_uri"),
    s3Endpoint: taken("s3_endpoint_override"),
  };
  const given = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
  checkHostSettings(given, file);
  return { directory: taken("root_dir"), config: given, unused: [...settings.keys()] };
}

function unquoted(value: string): string {
  const quoted = /^(['"])(.*)\1\s*(#.*)?$/.exec(value);
  return quoted ? (quoted[2] ?? "") : value.replace(/\s+#.*$/, "").trim();
}

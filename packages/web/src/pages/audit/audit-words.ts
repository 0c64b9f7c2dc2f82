import { visibleJson, visibleLine } from "@sluice/model/visible-text.ts";
import type { AuditCaller, AuditEvent } from "@sluice/wire/sluice/audit-api.ts";
import type { IconName } from "../../design/icon.tsx";
import type { Tone } from "../../design/status.ts";

/** Who called: the name that says most. What somebody wrote is made visible. */
export function callerWords({ type, arn, userName, accessKeyId }: AuditCaller): string {
  if (type === "Root") return "root";
  return visibleLine(userName ?? arn?.split(":").at(-1) ?? accessKeyId ?? "nobody known");
}

export interface OutcomeLook {
  readonly tone: Tone;
  readonly icon: IconName;
  readonly label: string;
}

const LOOKS: Readonly<Record<string, OutcomeLook>> = {
  succeeded: { tone: "success", icon: "check-circle", label: "Succeeded" },
  refused: { tone: "warning", icon: "lock", label: "Refused" },
  failed: { tone: "danger", icon: "error", label: "Failed" },
};

export function outcomeLook(outcome: string): OutcomeLook {
  return LOOKS[outcome] ?? { tone: "neutral", icon: "circle", label: visibleLine(outcome) };
}

/** What follows the account in an ARN: `deploymentgroup:checkout/production`; a bucket's has none. */
export function resourceWords(arn: string): string {
  const parts = arn.split(":");
  return visibleLine(arn.startsWith("arn:") && parts.length > 5 ? parts.slice(5).join(":") : arn);
}

/** `codedeploy` of `codedeploy.amazonaws.com`. */
export function serviceWords({ eventSource }: AuditEvent): string {
  return visibleLine(eventSource.replace(/\.amazonaws\.com$/, ""));
}

/** Members of a request that name what it is about. */
const NAMING = /(Name|Id|Identifier)$/;
const SHOWN_NAMES = 2;
const SHOWN_CHARACTERS = 120;

/** The first names in a call's request, of a record that has no resources: `checkout / production`. Empty: there are none. */
export function namesInRequest(record: string): string {
  let parameters: unknown;
  try {
    ({ requestParameters: parameters } = JSON.parse(record));
  } catch {
    return "";
  }
  return Object.entries(parameters ?? {})
    .filter(([member, value]) => NAMING.test(member) && typeof value === "string")
    .slice(0, SHOWN_NAMES)
    .map(([, value]) => visibleLine(String(value).slice(0, SHOWN_CHARACTERS)))
    .join(" / ");
}

/** The record as people read JSON; of a line that is none: the line. */
export function recordText(record: string): string {
  try {
    return visibleJson(JSON.stringify(JSON.parse(record), undefined, 2));
  } catch {
    return visibleLine(record);
  }
}

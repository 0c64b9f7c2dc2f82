import type { CreateTargetGroupInput, ModifyTargetGroupInput } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { BalancerHealthCheck } from "@sluice/engine/ports/balancer.ts";
import {
  MAX_HEALTH_CHECK_COUNT,
  MAX_HEALTH_CHECK_INTERVAL_SECONDS,
  MAX_HEALTH_CHECK_PATH_CHARACTERS,
  MAX_HEALTH_CHECK_TIMEOUT_SECONDS,
  MIN_HEALTH_CHECK_COUNT,
  MIN_HEALTH_CHECK_INTERVAL_SECONDS,
  MIN_HEALTH_CHECK_TIMEOUT_SECONDS,
} from "@sluice/model/elb-limits.ts";
import { MAX_PORT } from "@sluice/model/port.ts";
import type { TargetGroup } from "../../../store/elb/target-groups.ts";
import { checkMembers, invalid, refused, requireOneOf, requireOnly, requireWithin } from "../checks/members.ts";

type HealthCheckInput = Pick<
  CreateTargetGroupInput & ModifyTargetGroupInput,
  | "HealthCheckProtocol"
  | "HealthCheckPort"
  | "HealthCheckPath"
  | "HealthCheckEnabled"
  | "HealthCheckIntervalSeconds"
  | "HealthCheckTimeoutSeconds"
  | "HealthyThresholdCount"
  | "UnhealthyThresholdCount"
  | "Matcher"
>;

const COUNTS = [MIN_HEALTH_CHECK_COUNT, MAX_HEALTH_CHECK_COUNT] as const;

/** As AWS has it where a new group says nothing. */
export function usualHealthCheck(protocol: "HTTP" | "TCP"): BalancerHealthCheck {
  return {
    protocol: protocol === "HTTP" ? "http" : "tcp",
    path: "/",
    matcher: protocol === "HTTP" ? "200" : "200-399",
    port: null,
    intervalSeconds: 30,
    timeoutSeconds: protocol === "HTTP" ? 5 : 10,
    healthyCount: 5,
    unhealthyCount: 2,
  };
}

/** Of functions, of which each check is an invocation. */
export function usualFunctionCheck(): BalancerHealthCheck {
  return { ...usualHealthCheck("HTTP"), intervalSeconds: 35, timeoutSeconds: 30 };
}

/** Whether targets are checked: functions alone need not be. */
export function readIsChecked(
  isEnabled: boolean | undefined,
  { targetType, isChecked }: Pick<TargetGroup, "targetType" | "isChecked">,
): boolean {
  if (targetType === "lambda") return isEnabled ?? isChecked;
  requireOnly(
    isEnabled,
    true,
    "HealthCheckEnabled",
    "targets that nobody checks would get traffic that they may not answer",
  );
  return true;
}

/** The health check as it is, with what the input says otherwise. */
export function readHealthCheck(
  input: HealthCheckInput,
  now: BalancerHealthCheck,
  targetType: TargetGroup["targetType"] = "ip",
): BalancerHealthCheck {
  for (const member of ["HealthCheckProtocol", "HealthCheckPort"] as const) {
    if (targetType !== "lambda" || input[member] === undefined) continue;
    throw invalid(`${member} cannot be specified for target groups with target type 'lambda': leave it out.`);
  }
  const asked = input.HealthCheckProtocol;
  const protocol =
    asked === undefined
      ? now.protocol
      : requireOneOf(asked, "HealthCheckProtocol", ["HTTP", "TCP"]) === "HTTP"
        ? "http"
        : "tcp";
  const check: BalancerHealthCheck = {
    protocol,
    path: readPath(input.HealthCheckPath, protocol) ?? now.path,
    matcher: readMatcher(input.Matcher, protocol) ?? now.matcher,
    port: readPort(input.HealthCheckPort, now.port),
    intervalSeconds: requireWithin(
      input.HealthCheckIntervalSeconds ?? now.intervalSeconds,
      "HealthCheckIntervalSeconds",
      MIN_HEALTH_CHECK_INTERVAL_SECONDS,
      MAX_HEALTH_CHECK_INTERVAL_SECONDS,
    ),
    timeoutSeconds: requireWithin(
      input.HealthCheckTimeoutSeconds ??
        Math.min(now.timeoutSeconds, input.HealthCheckIntervalSeconds ?? now.timeoutSeconds),
      "HealthCheckTimeoutSeconds",
      MIN_HEALTH_CHECK_TIMEOUT_SECONDS,
      MAX_HEALTH_CHECK_TIMEOUT_SECONDS,
    ),
    healthyCount: requireWithin(input.HealthyThresholdCount ?? now.healthyCount, "HealthyThresholdCount", ...COUNTS),
    unhealthyCount: requireWithin(
      input.UnhealthyThresholdCount ?? now.unhealthyCount,
      "UnhealthyThresholdCount",
      ...COUNTS,
    ),
  };
  if (check.timeoutSeconds > check.intervalSeconds) {
    throw invalid(
      `Health check timeout '${check.timeoutSeconds}' must be smaller than or equal to the interval '${check.intervalSeconds}'`,
    );
  }
  return check;
}

function readPath(path: string | undefined, protocol: BalancerHealthCheck["protocol"]): string | undefined {
  if (path === undefined) return undefined;
  if (protocol === "tcp") throw invalid("HealthCheckPath is not for health checks of protocol TCP.");
  if (path.length > MAX_HEALTH_CHECK_PATH_CHARACTERS || !/^\/[\x21-\x7e]*$/.test(path)) {
    throw invalid(
      `Health check path '${path.slice(0, 100)}' must begin with '/' and have at most ${MAX_HEALTH_CHECK_PATH_CHARACTERS} characters of ASCII without spaces.`,
    );
  }
  return path;
}

function readMatcher(
  matcher: HealthCheckInput["Matcher"],
  protocol: BalancerHealthCheck["protocol"],
): string | undefined {
  if (matcher === undefined) return undefined;
  checkMembers(
    matcher,
    { HttpCode: "read", GrpcCode: refused("is not supported: health checks speak HTTP/1.1.") },
    "Matcher.",
  );
  if (protocol === "tcp") throw invalid("Matcher is not for health checks of protocol TCP.");
  const { HttpCode: codes = "" } = matcher;
  const isRange = (part: string) => {
    const [from, to = from] = part.split("-").map(Number);
    return /^[2-5]\d\d(-[2-5]\d\d)?$/.test(part) && from! <= to!;
  };
  if (codes.length <= 100 && codes.split(",").every(isRange)) return codes;
  throw invalid(
    `Health check matcher HTTP code '${codes.slice(0, 100)}' must be codes from 200 to 599, such as 200, 200-299 or 200,302`,
  );
}

function readPort(port: string | undefined, now: number | null): number | null {
  if (port === undefined) return now;
  if (port === "traffic-port") return null;
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number >= 1 && number <= MAX_PORT) return number;
  throw invalid(`Health check port '${port.slice(0, 100)}' must be 'traffic-port' or a port from 1 to ${MAX_PORT}`);
}

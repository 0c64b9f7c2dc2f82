import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { ListenerAction } from "@sluice/engine/ports/balancer.ts";
import { MAX_FORWARD_WEIGHT } from "@sluice/engine/ports/balancer-plan-trouble.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { MAX_FIXED_RESPONSE_CHARACTERS, MAX_TARGET_GROUPS_PER_ACTION } from "@sluice/model/elb-limits.ts";
import { MAX_PORT } from "@sluice/model/port.ts";
import { checkArn } from "./found.ts";
import { checkMembers, invalid, refused, requireOneOf, requireOnly, requireWithin } from "./members.ts";

const AUTHENTICATION = refused("is not supported: the balancer does not sign users in.");
const TYPES = ["forward", "fixed-response", "redirect"] as const;
/** HAProxy refuses its whole configuration where a body comes with it. */
const NO_CONTENT = "204";
const CONTENT_TYPES = ["text/plain", "text/css", "text/html", "application/javascript", "application/json"] as const;

/** The one action of a listener or rule. AWS takes several only where one of them signs users in, which is refused here. */
export function readAction(actions: readonly Action[] | undefined, name: "Actions" | "DefaultActions"): ListenerAction {
  const [action, ...others] = actions ?? [];
  if (!action) throw invalid(`${name} must have one action: give one of type ${TYPES.join(", ")}.`);
  if (others.length > 0) throw new CallerFault("TooManyActions", `${name} has ${others.length + 1} actions: give one.`);
  const path = `${name}.member.1.`;
  checkMembers(
    action,
    {
      Type: "read",
      TargetGroupArn: "read",
      ForwardConfig: "read",
      FixedResponseConfig: "read",
      RedirectConfig: "read",
      Order: "read",
      AuthenticateCognitoConfig: AUTHENTICATION,
      AuthenticateOidcConfig: AUTHENTICATION,
      JwtValidationConfig: AUTHENTICATION,
    },
    path,
  );
  requireOnly(action.Order, 1, `${path}Order`, "an action is the only one");
  const type = requireOneOf(action.Type ?? "", `${path}Type`, TYPES);
  refuseOthers(action, type, path);
  switch (type) {
    case "forward":
      return readForward(action, path);
    case "fixed-response":
      return readFixedResponse(action, path);
    case "redirect":
      return readRedirect(action, path);
    default:
      return type satisfies never;
  }
}

/** What is given of an action of another type would do nothing. */
function refuseOthers(action: Action, type: (typeof TYPES)[number], path: string): void {
  const owners = {
    TargetGroupArn: "forward",
    ForwardConfig: "forward",
    FixedResponseConfig: "fixed-response",
    RedirectConfig: "redirect",
  } as const;
  for (const [member, owner] of Object.entries(owners)) {
    if (owner === type || action[member as keyof typeof owners] === undefined) continue;
    throw new CallerFault(
      "InvalidLoadBalancerAction",
      `${path}${member} is for actions of type ${owner}, and this one is ${type}.`,
    );
  }
}

function readForward({ TargetGroupArn, ForwardConfig }: Action, path: string): ListenerAction {
  const config = ForwardConfig ?? {};
  checkMembers(config, { TargetGroups: "read", TargetGroupStickinessConfig: "read" }, `${path}ForwardConfig.`);
  const stickiness = config.TargetGroupStickinessConfig ?? {};
  const stickinessPath = `${path}ForwardConfig.TargetGroupStickinessConfig.`;
  const noStickiness = "each request goes to a target group by the weights";
  requireOnly(stickiness.Enabled, false, `${stickinessPath}Enabled`, noStickiness);
  // Of stickiness that is not enabled, AWS describes Enabled alone: nobody who sends back what was described has a duration.
  checkMembers(
    stickiness,
    { Enabled: "read", DurationSeconds: refused(`is not supported: ${noStickiness}. Leave it out.`) },
    stickinessPath,
  );
  const groups = (config.TargetGroups ?? []).map(({ TargetGroupArn: arn, Weight = 1 }, index) => {
    const place = `${path}ForwardConfig.TargetGroups.member.${index + 1}.`;
    requireWithin(Weight, `${place}Weight`, 0, MAX_FORWARD_WEIGHT);
    return { groupId: checkArn("targetgroup", arn ?? ""), weight: Weight };
  });
  if (groups.length === 0 && TargetGroupArn !== undefined) {
    groups.push({ groupId: checkArn("targetgroup", TargetGroupArn), weight: 1 });
  }
  if (groups.length === 0) throw invalid(`${path}TargetGroupArn must be specified for an action of type forward.`);
  if (TargetGroupArn !== undefined && (groups.length > 1 || groups[0]?.groupId !== TargetGroupArn)) {
    throw new CallerFault(
      "InvalidLoadBalancerAction",
      `${path}TargetGroupArn and ForwardConfig name different target groups: leave TargetGroupArn out.`,
    );
  }
  if (groups.length > MAX_TARGET_GROUPS_PER_ACTION) {
    throw new CallerFault(
      "TooManyTargetGroups",
      `An action forwards to at most ${MAX_TARGET_GROUPS_PER_ACTION} target groups; this one has ${groups.length}.`,
    );
  }
  const twice = groups.find(({ groupId }, index) => groups.findIndex((one) => one.groupId === groupId) !== index);
  if (twice) throw new CallerFault("InvalidLoadBalancerAction", `${path}ForwardConfig names '${twice.groupId}' twice.`);
  return { kind: "forward", groups };
}

function readFixedResponse({ FixedResponseConfig }: Action, path: string): ListenerAction {
  const { StatusCode = "", ContentType = "text/plain", MessageBody = "" } = FixedResponseConfig ?? {};
  const place = `${path}FixedResponseConfig.`;
  if (!/^[245]\d\d$/.test(StatusCode)) throw invalid(`${place}StatusCode '${StatusCode}' must be 2XX, 4XX or 5XX.`);
  if (MessageBody.length > MAX_FIXED_RESPONSE_CHARACTERS) {
    throw invalid(
      `${place}MessageBody has ${MessageBody.length} characters; at most ${MAX_FIXED_RESPONSE_CHARACTERS}.`,
    );
  }
  if (StatusCode === NO_CONTENT && MessageBody !== "") {
    throw invalid(`${place}StatusCode '${StatusCode}' has no body: leave MessageBody out.`);
  }
  return {
    kind: "fixed-response",
    status: Number(StatusCode),
    contentType: requireOneOf(ContentType, `${place}ContentType`, CONTENT_TYPES),
    body: MessageBody,
  };
}

function readRedirect({ RedirectConfig }: Action, path: string): ListenerAction {
  const place = `${path}RedirectConfig.`;
  const {
    StatusCode = "",
    Protocol = "#{protocol}",
    Host = "#{host}",
    Port = "#{port}",
    Path = "/#{path}",
    Query = "#{query}",
  } = RedirectConfig ?? {};
  const code = requireOneOf(StatusCode, `${place}StatusCode`, ["HTTP_301", "HTTP_302"]);
  requireOneOf(Protocol, `${place}Protocol`, ["HTTP", "HTTPS", "#{protocol}"]);
  if (Port !== "#{port}" && !(/^[1-9]\d{0,4}$/.test(Port) && Number(Port) <= MAX_PORT))
    throw invalid(`${place}Port '${Port}' must be #{port} or from 1 to ${MAX_PORT}.`);
  if (!Path.startsWith("/")) throw invalid(`${place}Path '${Path}' must begin with '/'.`);
  for (const [name, text] of Object.entries({ Host, Path, Query })) {
    // Nothing that could end a header, or a line of the balancer's own files.
    if (text.length > 128 || !/^[\x21-\x7e]*$/.test(text)) {
      throw invalid(`${place}${name} '${text.slice(0, 128)}' must be at most 128 characters of ASCII without spaces.`);
    }
  }
  if (Protocol === "#{protocol}" && Host === "#{host}" && Port === "#{port}" && Path === "/#{path}") {
    throw new CallerFault(
      "InvalidLoadBalancerAction",
      `${place}: it would redirect to the same place, again and again: change protocol, host, port or path.`,
    );
  }
  return {
    kind: "redirect",
    status: code === "HTTP_301" ? 301 : 302,
    protocol: Protocol,
    host: Host,
    port: Port,
    path: Path,
    query: Query,
  };
}

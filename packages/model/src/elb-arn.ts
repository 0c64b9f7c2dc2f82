import type { ArnScope } from "./resource-arn.ts";

/** ARNs of Elastic Load Balancing, as AWS forms them. Every id is 16 hex digits. */

export type LoadBalancerKind = "application" | "network";

const SHORT_KINDS = { application: "app", network: "net" } as const;
const ELB_ARN =
  /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:(loadbalancer|listener|listener-rule|targetgroup)\/[\w./-]+$/;

export function loadBalancerArn(scope: ArnScope, kind: LoadBalancerKind, name: string, id: string): string {
  return `${prefix(scope)}loadbalancer/${SHORT_KINDS[kind]}/${name}/${id}`;
}

export function targetGroupArn(scope: ArnScope, name: string, id: string): string {
  return `${prefix(scope)}targetgroup/${name}/${id}`;
}

/** Of a load balancer's listener. */
export function listenerArn(ofLoadBalancer: string, id: string): string {
  return `${ofLoadBalancer.replace(":loadbalancer/", ":listener/")}/${id}`;
}

/** Of a listener's rule. */
export function listenerRuleArn(ofListener: string, id: string): string {
  return `${ofListener.replace(":listener/", ":listener-rule/")}/${id}`;
}

/** Of the rule that is a listener's default action: it has the listener's id, which no other rule has. */
export function defaultRuleArn(ofListener: string): string {
  return listenerRuleArn(ofListener, ofListener.slice(ofListener.lastIndexOf("/") + 1));
}

/** Undefined when the text is no ARN of Elastic Load Balancing. */
export function elbResourceType(
  arn: string,
): "loadbalancer" | "listener" | "listener-rule" | "targetgroup" | undefined {
  return ELB_ARN.exec(arn)?.[1] as ReturnType<typeof elbResourceType>;
}

function prefix({ region, accountId }: ArnScope): string {
  return `arn:aws:elasticloadbalancing:${region}:${accountId}:`;
}

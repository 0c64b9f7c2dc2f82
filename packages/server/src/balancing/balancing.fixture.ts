import type { Listener, ListenerRule } from "../store/elb/listeners.ts";
import type { LoadBalancer } from "../store/elb/load-balancers.ts";
import type { TargetGroup } from "../store/elb/target-groups.ts";

/** Rows of tests; what they do not name is usual. */

export function newLoadBalancer(more: Partial<LoadBalancer> = {}): LoadBalancer {
  const { arn = "lb-1" } = more;
  return {
    arn,
    name: arn,
    type: "application",
    createdAt: 1,
    scheme: "internet-facing",
    subnets: [],
    securityGroups: [],
    attributes: {},
    tags: [],
    ...more,
  };
}

export function newTargetGroup(more: Partial<TargetGroup> = {}): TargetGroup {
  const { arn = "tg-blue" } = more;
  return {
    arn,
    name: arn,
    createdAt: 1,
    protocol: "HTTP",
    port: 80,
    vpcId: null,
    targetType: "ip",
    isChecked: true,
    healthCheck: {
      protocol: "http",
      path: "/",
      matcher: "200",
      port: null,
      intervalSeconds: 30,
      timeoutSeconds: 5,
      healthyCount: 5,
      unhealthyCount: 2,
    },
    attributes: {},
    tags: [],
    ...more,
  };
}

/** Of the load balancer `lb-1`, forwarding to `tg-blue`. */
export function newListener(more: Partial<Listener> = {}): Listener {
  return {
    arn: "l-1",
    loadBalancerArn: "lb-1",
    port: 80,
    protocol: "HTTP",
    certificate: null,
    createdAt: 1,
    defaultAction: { kind: "forward", groups: [{ groupId: "tg-blue", weight: 1 }] },
    tags: [],
    ...more,
  };
}

/** Of the listener `l-1`, for paths below /api, forwarding to `tg-blue`. */
export function newRule(more: Partial<ListenerRule> = {}): ListenerRule {
  return {
    arn: "r-1",
    listenerArn: "l-1",
    priority: 10,
    conditions: [{ field: "path-pattern", values: ["/api/*"] }],
    action: { kind: "forward", groups: [{ groupId: "tg-blue", weight: 1 }] },
    createdAt: 1,
    tags: [],
    ...more,
  };
}

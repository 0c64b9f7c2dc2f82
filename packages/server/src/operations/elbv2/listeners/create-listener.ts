import type { CreateListenerInput, CreateListenerOutput } from "@aws-sdk/client-elastic-load-balancing-v2";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { listenerArn } from "@sluice/model/elb-arn.ts";
import { MAX_LISTENERS_PER_LOAD_BALANCER } from "@sluice/model/elb-limits.ts";
import { type Listener, removeListener, saveListener } from "../../../store/elb/listeners.ts";
import { changeBalancing, requireServed } from "../change-balancing.ts";
import { readAction } from "../checks/action-input.ts";
import { checkActionTargets } from "../checks/action-targets.ts";
import { requireLoadBalancer } from "../checks/found.ts";
import { checkMembers } from "../checks/members.ts";
import { newElbId } from "../checks/new-elb-id.ts";
import { readTags } from "../checks/tag-input.ts";
import type { Elbv2Operation } from "../elbv2-context.ts";
import { listenerView } from "../views/listener-view.ts";
import { checkPortFree } from "./free-port.ts";
import { readListenerFront } from "./listener-input.ts";

/** Answered when the balancer serves it; what it cannot serve is not kept. */
export const createListener: Elbv2Operation<CreateListenerInput, CreateListenerOutput> = async (input, context) => {
  checkMembers(input, {
    LoadBalancerArn: "read",
    Protocol: "read",
    Port: "read",
    SslPolicy: "read",
    Certificates: "read",
    DefaultActions: "read",
    AlpnPolicy: "read",
    Tags: "read",
    MutualAuthentication: "read",
  });
  const defaultAction = readAction(input.DefaultActions, "DefaultActions");
  const tags = readTags(input.Tags);
  const id = newElbId(context);
  const createdAt = context.now();
  const { place } = context.balancing;
  const listener = await changeBalancing(context, async (rows, db) => {
    const loadBalancer = requireLoadBalancer(rows, input.LoadBalancerArn);
    const created: Listener = {
      arn: listenerArn(loadBalancer.arn, id),
      loadBalancerArn: loadBalancer.arn,
      ...readListenerFront(input, {}, loadBalancer, place),
      createdAt,
      defaultAction,
      tags,
    };
    checkPortFree(created, rows, place);
    checkActionTargets(defaultAction, created, rows);
    const others = rows.listeners.filter((other) => other.loadBalancerArn === loadBalancer.arn);
    if (others.length >= MAX_LISTENERS_PER_LOAD_BALANCER) {
      throw new CallerFault(
        "TooManyListeners",
        `The load balancer '${loadBalancer.arn}' has ${MAX_LISTENERS_PER_LOAD_BALANCER} listeners, which is the most allowed.`,
      );
    }
    await saveListener(db, created);
    return created;
  });
  await requireServed(context, listener, (_rows, db) => removeListener(db, listener.arn));
  return { Listeners: [listenerView(listener)] };
};

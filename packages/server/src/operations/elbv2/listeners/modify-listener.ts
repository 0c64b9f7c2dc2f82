import { isDeepStrictEqual } from "node:util";
import type { ModifyListenerInput, ModifyListenerOutput } from "@aws-sdk/client-elastic-load-balancing-v2";
import { saveListener } from "../../../store/elb/listeners.ts";
import { changeBalancing, requireServed } from "../change-balancing.ts";
import { readAction } from "../checks/action-input.ts";
import { checkActionTargets } from "../checks/action-targets.ts";
import { requireListener, requireLoadBalancer } from "../checks/found.ts";
import { checkMembers } from "../checks/members.ts";
import type { Elbv2Operation } from "../elbv2-context.ts";
import { listenerView } from "../views/listener-view.ts";
import { checkPortFree } from "./free-port.ts";
import { readListenerFront } from "./listener-input.ts";

/** Answered when the balancer serves it so; otherwise it stays as it was. */
export const modifyListener: Elbv2Operation<ModifyListenerInput, ModifyListenerOutput> = async (input, context) => {
  checkMembers(input, {
    ListenerArn: "read",
    Port: "read",
    Protocol: "read",
    SslPolicy: "read",
    Certificates: "read",
    DefaultActions: "read",
    AlpnPolicy: "read",
    MutualAuthentication: "read",
  });
  const defaultAction =
    input.DefaultActions === undefined ? undefined : readAction(input.DefaultActions, "DefaultActions");
  const { place } = context.balancing;
  const { before, after } = await changeBalancing(context, async (rows, db) => {
    const found = requireListener(rows, input.ListenerArn);
    const loadBalancer = requireLoadBalancer(rows, found.loadBalancerArn);
    const changed = {
      ...found,
      ...readListenerFront(input, found, loadBalancer, place),
      ...(defaultAction && { defaultAction }),
    };
    checkPortFree(changed, rows, place);
    checkActionTargets(changed.defaultAction, changed, rows);
    await saveListener(db, changed);
    return { before: found, after: changed };
  });
  await requireServed(context, after, async (rows, db) => {
    // A shift may have changed its weights meanwhile.
    const current = rows.listeners.find(({ arn }) => arn === after.arn);
    if (isDeepStrictEqual(current, after)) await saveListener(db, before);
  });
  return { Listeners: [listenerView(after)] };
};

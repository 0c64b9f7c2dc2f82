import type { DeleteListenerInput, DeleteListenerOutput } from "@aws-sdk/client-elastic-load-balancing-v2";
import { removeListener } from "../../../store/elb/listeners.ts";
import { changeBalancing, tellBalancer } from "../change-balancing.ts";
import { requireListener } from "../checks/found.ts";
import type { Elbv2Operation } from "../elbv2-context.ts";

/** With its rules. */
export const deleteListener: Elbv2Operation<DeleteListenerInput, DeleteListenerOutput> = async (input, context) => {
  await changeBalancing(context, (rows, db) => removeListener(db, requireListener(rows, input.ListenerArn).arn));
  await tellBalancer(context);
  return {};
};

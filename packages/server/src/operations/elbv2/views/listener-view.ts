import type { Listener as ListenerView } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Listener } from "../../../store/elb/listeners.ts";
import { actionsView } from "./action-view.ts";

/** What the balancer's TLS is, in AWS's name for it: TLS 1.2 and 1.3. */
export const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06";

export function listenerView({
  arn,
  loadBalancerArn,
  port,
  protocol,
  certificate,
  defaultAction,
}: Listener): ListenerView {
  return {
    ListenerArn: arn,
    LoadBalancerArn: loadBalancerArn,
    Port: port,
    Protocol: protocol,
    Certificates: certificate === null ? undefined : [{ CertificateArn: certificate }],
    SslPolicy: certificate === null ? undefined : TLS_POLICY,
    DefaultActions: actionsView(defaultAction),
  };
}

import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { ListenerAction } from "@sluice/engine/ports/balancer.ts";

/** A listener's or rule's actions: there is one. */
export function actionsView(action: ListenerAction): Action[] {
  switch (action.kind) {
    case "forward": {
      const [first, ...others] = action.groups;
      return [
        {
          Type: "forward",
          // As AWS does: of several groups none is the target group.
          TargetGroupArn: others.length === 0 ? first?.groupId : undefined,
          Order: 1,
          ForwardConfig: {
            TargetGroups: action.groups.map(({ groupId, weight }) => ({ TargetGroupArn: groupId, Weight: weight })),
            TargetGroupStickinessConfig: { Enabled: false },
          },
        },
      ];
    }
    case "fixed-response":
      return [
        {
          Type: "fixed-response",
          Order: 1,
          FixedResponseConfig: {
            StatusCode: String(action.status),
            ContentType: action.contentType,
            MessageBody: action.body,
          },
        },
      ];
    case "redirect":
      return [
        {
          Type: "redirect",
          Order: 1,
          RedirectConfig: {
            StatusCode: action.status === 301 ? "HTTP_301" : "HTTP_302",
            Protocol: action.protocol,
            Host: action.host,
            Port: action.port,
            Path: action.path,
            Query: action.query,
          },
        },
      ];
    default:
      return action satisfies never;
  }
}

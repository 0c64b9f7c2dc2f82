import type { TargetGroup as TargetGroupView } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { TargetGroup } from "../../../store/elb/target-groups.ts";

export function targetGroupView(
  { arn, name, protocol, port, vpcId, targetType, healthCheck, isChecked }: TargetGroup,
  loadBalancerArns: readonly string[],
): TargetGroupView {
  const isHttpCheck = healthCheck.protocol === "http";
  const network = {
    Protocol: protocol,
    Port: port,
    VpcId: vpcId ?? undefined,
    HealthCheckProtocol: isHttpCheck ? "HTTP" : "TCP",
    HealthCheckPort: healthCheck.port === null ? "traffic-port" : String(healthCheck.port),
    ProtocolVersion: protocol === "HTTP" ? "HTTP1" : undefined,
  } as const;
  return {
    TargetGroupArn: arn,
    TargetGroupName: name,
    ...(targetType === "lambda" ? {} : network),
    HealthCheckEnabled: isChecked,
    HealthCheckIntervalSeconds: healthCheck.intervalSeconds,
    HealthCheckTimeoutSeconds: healthCheck.timeoutSeconds,
    HealthyThresholdCount: healthCheck.healthyCount,
    UnhealthyThresholdCount: healthCheck.unhealthyCount,
    HealthCheckPath: isHttpCheck ? healthCheck.path : undefined,
    Matcher: isHttpCheck ? { HttpCode: healthCheck.matcher } : undefined,
    LoadBalancerArns: [...loadBalancerArns],
    TargetType: targetType,
    IpAddressType: "ipv4",
  };
}

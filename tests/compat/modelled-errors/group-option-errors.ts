import { ROLE } from "./group-errors.ts";
import type { RaisedError } from "./modelled-error.ts";

const NEXT = { applicationName: "web", deploymentGroupName: "next", serviceRoleArn: ROLE } as const;
const TOPIC = "arn:aws:sns:us-east-1:111122223333:deployments";
const SHIFTING = { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" } as const;
const PAIR = {
  targetGroupPairInfoList: [
    {
      targetGroups: [{ name: "blue" }, { name: "green" }],
      prodTrafficRoute: {
        listenerArns: ["arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/web/1/1"],
      },
    },
  ],
};
const NEXT_OF_ECS = {
  applicationName: "containers",
  deploymentGroupName: "next",
  serviceRoleArn: ROLE,
  deploymentStyle: SHIFTING,
  loadBalancerInfo: PAIR,
  blueGreenDeploymentConfiguration: { deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT" } },
} as const;

function numbered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(index + 1));
}

export const GROUP_OPTION_ERRORS: readonly RaisedError[] = [
  {
    code: "ThrottlingException",
    operation: "CreateDeploymentGroup",
    when: "the key calls more often than it may",
    input: {},
    by: "tireless",
    message: "Rate exceeded. The access key {tireless} calls CreateDeploymentGroup too often: send it again later.",
    cure: "Wait a second, and a little longer each time, as SDKs do by themselves. What a key may do is set in [sluice.yml](sluice-yml.md#throttling).",
  },
  {
    code: "InvalidTriggerConfigException",
    operation: "CreateDeploymentGroup",
    when: "a trigger lacks its name, topic or events, has a topic that is no ARN of SNS, an unknown event, or a name that another one has",
    input: {
      ...NEXT,
      triggerConfigurations: [
        { triggerName: "all", triggerTargetArn: "deployments", triggerEvents: ["DeploymentStart"] },
      ],
    },
    message:
      'The trigger configuration is not valid: the Topic ARN "deployments" of the trigger all is not the ARN of a topic: it looks like arn:aws:sns:REGION:ACCOUNT:TOPIC.',
    cure: "Correct the trigger that the message names ([triggers](triggers.md)).",
  },
  {
    code: "TriggerTargetsLimitExceededException",
    operation: "CreateDeploymentGroup",
    when: "a group has more than 10 triggers",
    input: {
      ...NEXT,
      triggerConfigurations: numbered(11).map((number) => ({
        triggerName: `to-${number}`,
        triggerTargetArn: TOPIC,
        triggerEvents: ["DeploymentStart"],
      })),
    },
    message:
      "triggerConfigurations holds 11 triggers: at most 10 are allowed. Leave some out, or raise limits.triggersPerGroup in sluice.yml.",
    cure: "Let one topic forward to several receivers. Or [raise the limit](sluice-yml.md#limits).",
  },
  {
    code: "InvalidAlarmConfigException",
    operation: "CreateDeploymentGroup",
    when: "alarms are enabled and none is named, or a name is empty, too long or given twice",
    input: { ...NEXT, alarmConfiguration: { enabled: true, alarms: [] } },
    message:
      "The alarm configuration is not valid: alarmConfiguration is enabled and names no alarm: name one, or disable it.",
    cure: "Name an alarm ([alarms](alarms.md)), or set `enabled` to false.",
  },
  {
    code: "AlarmsLimitExceededException",
    operation: "CreateDeploymentGroup",
    when: "a group or a deployment has more than 50 alarms",
    input: {
      ...NEXT,
      alarmConfiguration: { enabled: true, alarms: numbered(51).map((number) => ({ name: `alarm-${number}` })) },
    },
    message:
      "alarmConfiguration holds 51 alarms: at most 50 are allowed. Leave some out, or raise limits.alarmsPerGroup in sluice.yml.",
    cure: "Join alarms to one: a composite alarm in CloudWatch, or an expression with `or` in Prometheus. Or [raise the limit](sluice-yml.md#limits).",
  },
  {
    code: "InvalidAutoRollbackConfigException",
    operation: "CreateDeploymentGroup",
    when: "automatic rollback is enabled and names no event, or an unknown one",
    input: { ...NEXT, autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_SLOW"] } },
    message:
      'The autoRollbackConfiguration is not valid: it has the event "DEPLOYMENT_SLOW": use DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM, DEPLOYMENT_STOP_ON_REQUEST.',
    cure: "Name `DEPLOYMENT_FAILURE`, `DEPLOYMENT_STOP_ON_ALARM` or `DEPLOYMENT_STOP_ON_REQUEST`.",
  },
  {
    code: "InvalidDeploymentStyleException",
    operation: "CreateDeploymentGroup",
    when: "`deploymentStyle` lacks a member or has an unknown one, or the platform has another style",
    input: { ...NEXT_OF_ECS, deploymentStyle: { ...SHIFTING, deploymentType: "IN_PLACE" } },
    message:
      "For ECS deployment, the deployment type must be BLUE_GREEN, and deployment option must be WITH_TRAFFIC_CONTROL. deploymentStyle is IN_PLACE and WITH_TRAFFIC_CONTROL.",
    cure: "Give both members. ECS and Lambda: `BLUE_GREEN` and `WITH_TRAFFIC_CONTROL`.",
  },
  {
    code: "InvalidBlueGreenDeploymentConfigurationException",
    operation: "CreateDeploymentGroup",
    when: "an action is unknown, a wait is out of range, or an option does not go with the platform",
    input: {
      ...NEXT,
      blueGreenDeploymentConfiguration: {
        terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 2881 },
      },
    },
    message:
      "blueGreenDeploymentConfiguration.terminateBlueInstancesOnDeploymentSuccess.terminationWaitTimeInMinutes is 2881: give 0 to 2880 minutes.",
    cure: "Correct the member that the message names.",
  },
  {
    code: "InvalidLoadBalancerInfoException",
    operation: "CreateDeploymentGroup",
    when: "a group with traffic control names no load balancer, an entry has no name, there are more than 10, or a list is for another platform",
    input: {
      ...NEXT,
      deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITH_TRAFFIC_CONTROL" },
    },
    message:
      "The specification for load balancing in the deployment group is invalid. The deploymentOption value is set to WITH_TRAFFIC_CONTROL, but either no load balancer was specified in elbInfoList or no target group was specified in targetGroupInfoList. Name one in loadBalancerInfo, or set deploymentOption to WITHOUT_TRAFFIC_CONTROL.",
    cure: "Name a load balancer or a target group, or give `WITHOUT_TRAFFIC_CONTROL`.",
  },
  {
    code: "InvalidTargetGroupPairException",
    operation: "CreateDeploymentGroup",
    when: "a pair of target groups has not two of them, or not one production listener",
    input: {
      ...NEXT_OF_ECS,
      ecsServices: [{ serviceName: "api", clusterName: "shop" }],
      loadBalancerInfo: {
        targetGroupPairInfoList: [{ ...PAIR.targetGroupPairInfoList[0], targetGroups: [{ name: "blue" }] }],
      },
    },
    message: "The target group pair is not valid: targetGroups has 1 of 2 target groups: name both.",
    cure: "Name two target groups and the listener that forwards to them.",
  },
  {
    code: "InvalidECSServiceException",
    operation: "CreateDeploymentGroup",
    when: "a group of ECS names not exactly one service with its cluster, another platform's names one, or the service cannot be deployed to (its controller is not CODE_DEPLOY, or it is a DAEMON)",
    input: NEXT_OF_ECS,
    message:
      "For ECS deployment group, ecsServices must hold 1 service with serviceName and clusterName: it holds 0. Name one service.",
    cure: "Name one service. Create it with `--deployment-controller type=CODE_DEPLOY`.",
  },
  {
    code: "ECSServiceMappingLimitExceededException",
    operation: "CreateDeploymentGroup",
    when: "another group has the ECS service already",
    input: { ...NEXT_OF_ECS, ecsServices: [{ serviceName: "web", clusterName: "shop" }] },
    message:
      "The ECS service shop:web belongs to the deployment group live of the application containers, and a service may be in one group only. Deploy through that group, or delete it first: `sluice groups delete`.",
    cure: "Deploy through the group that the message names, or delete it first.",
  },
];

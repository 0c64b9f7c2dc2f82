import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import type { ListShiftResourcesOutput } from "@sluice/wire/sluice/console-api.ts";

/** An AppSpec to begin with, with names that this server has where it has some. */
export function appSpecTemplate(platform: ComputePlatform, resources: ListShiftResourcesOutput | undefined): string {
  return platform === "Lambda" ? functionTemplate(resources) : serviceTemplate(resources);
}

function serviceTemplate(resources: ListShiftResourcesOutput | undefined): string {
  const taskDefinition =
    resources?.taskDefinitions.at(-1) ?? "arn:aws:ecs:us-east-1:111122223333:task-definition/web:1";
  return `version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: "${taskDefinition}"
        LoadBalancerInfo:
          ContainerName: "web"
          ContainerPort: 80
`;
}

function functionTemplate(resources: ListShiftResourcesOutput | undefined): string {
  const known = resources?.functions.find(({ aliases }) => aliases.length > 0);
  const [alias] = known?.aliases ?? [];
  const newest = known?.versions
    .filter((version) => /^\d+$/.test(version))
    .sort((one, other) => Number(other) - Number(one))[0];
  return `version: 0.0
Resources:
  - Function:
      Type: AWS::Lambda::Function
      Properties:
        Name: "${known?.name ?? "my-function"}"
        Alias: "${alias?.name ?? "live"}"
        CurrentVersion: "${alias?.version ?? "1"}"
        TargetVersion: "${newest ?? "2"}"
`;
}

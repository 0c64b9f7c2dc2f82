import type { CodeDeployOperations } from "@sluice/wire/generated/codedeploy-shapes.ts";
import type { EcsOperations } from "@sluice/wire/generated/ecs-shapes.ts";
import type { ConsoleOperations } from "@sluice/wire/sluice/console-api.ts";
import type { SluiceOperations } from "@sluice/wire/sluice/sluice-operations.ts";

/** What the console can call: the public API alone, each service with its operations as the wire types them. */
export interface Services {
  CodeDeploy: CodeDeployOperations;
  ECS: EcsOperations;
  Sluice: SluiceOperations & ConsoleOperations;
}

export type Service = keyof Services;
export type Operation<S extends Service> = keyof Services[S] & string;

export type Input<S extends Service, O extends Operation<S>> = Services[S][O] extends { input: infer I } ? I : never;
export type Output<S extends Service, O extends Operation<S>> = Services[S][O] extends { output: infer R } ? R : never;

/** What stands before the operation in `X-Amz-Target`. */
export const TARGET_PREFIXES: Readonly<Record<Service, string>> = {
  CodeDeploy: "CodeDeploy_20141006",
  ECS: "AmazonEC2ContainerServiceV20141113",
  Sluice: "Sluice_20261101",
};

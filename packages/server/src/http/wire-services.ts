import { COMMAND_TARGET_PREFIXES } from "@sluice/wire/command/command-api.ts";
import { ELBV2_SERVICE } from "@sluice/wire/query/elbv2-service.ts";
import { IAM_SERVICE, type IAM_TABLE } from "@sluice/wire/query/iam-service.ts";
import { STS_SERVICE, type STS_TABLE } from "@sluice/wire/query/sts-service.ts";
import type { LocalBalancing } from "../balancing/local-balancing.ts";
import { elbv2Needs } from "../needs/elbv2-needs.ts";
import { iamNeeds } from "../needs/iam-needs.ts";
import { requireBalancing } from "../operations/elbv2/require-balancing.ts";
import { IAM_HANDLERS } from "../operations/iam/iam-operations.ts";
import { STS_HANDLERS } from "../operations/sts/sts-operations.ts";
import { handlerOf, jsonServices, needsPartsOf, type ServiceDependencies } from "./json-services.ts";
import { type OwnDoorDependencies, ownDoors } from "./own-doors.ts";
import { speakJson } from "./speak-json.ts";
import { type LambdaDependencies, speakLambda } from "./speak-lambda.ts";
import { speakQuery } from "./speak-query.ts";
import type { StreamingService, WholeService, WireService } from "./wire-service.ts";

export interface WireServiceDependencies
  extends ServiceDependencies,
    Omit<OwnDoorDependencies, "needsParts">,
    LambdaDependencies {
  readonly s3: StreamingService["handle"];
  /** Undefined: sluice.yml binds no balancer of our own. */
  readonly balancing: LocalBalancing | undefined;
}

/** The table: the service in a signature's scope, and by which protocol its calls are read, bounded, answered and refused. */
export function wireServices(dependencies: WireServiceDependencies): readonly WireService[] {
  const { operations, balancing, onDone } = dependencies;
  const { accountId } = operations;
  const needsParts = needsPartsOf(operations);
  return [
    speakJson({
      services: jsonServices(dependencies),
      doors: ownDoors({ ...dependencies, needsParts }),
      accountId,
      onDone,
    }),
    speakQuery({
      service: STS_SERVICE,
      accountId,
      needsOf: (operation, input, context) => iamNeeds(`sts:${operation as keyof typeof STS_TABLE}`, input, context),
      needsParts,
      call: (operation, input, principal) => handlerOf(STS_HANDLERS, operation)(input, { ...operations, principal }),
    }),
    speakQuery({
      service: IAM_SERVICE,
      accountId,
      needsOf: (operation, input, context) => iamNeeds(`iam:${operation as keyof typeof IAM_TABLE}`, input, context),
      needsParts,
      call: (operation, input, principal) => handlerOf(IAM_HANDLERS, operation)(input, { ...operations, principal }),
      onDone,
    }),
    speakQuery({
      service: ELBV2_SERVICE,
      accountId,
      needsOf: elbv2Needs,
      needsParts,
      call: async (operation, input, principal) => {
        const context = { ...operations, principal, balancing: requireBalancing(balancing) };
        // A server without load balancers never loads it.
        const { ELBV2_HANDLERS } = await import("../operations/elbv2/elbv2-operations.ts");
        return handlerOf(ELBV2_HANDLERS, operation)(input, context);
      },
      onDone,
    }),
    speakLambda(dependencies),
    { protocol: "s3", signingNames: ["s3"], handle: dependencies.s3 },
  ];
}

/** The agents' own: nobody polls for a host in a browser. */
const NOT_FOR_PAGES: ReadonlySet<string> = new Set(COMMAND_TARGET_PREFIXES);

/** What the console's page may call: the public JSON services, by the same operations. Its calls have a session instead of a signature. */
export function consoleApi(dependencies: ServiceDependencies & Pick<LambdaDependencies, "onDone">): WholeService {
  const { accountId } = dependencies.operations;
  const services = jsonServices(dependencies).filter(
    ({ targetPrefixes }) => !targetPrefixes.some((prefix) => NOT_FOR_PAGES.has(prefix)),
  );
  return speakJson({ services, doors: [], accountId, onDone: dependencies.onDone });
}

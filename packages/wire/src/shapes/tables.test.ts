import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { FAULTS } from "@sluice/model/fault-codes.ts";
import { describe, expect, it } from "vitest";
import { COMMAND_TABLE } from "../command/command-shapes.ts";
import { CODEDEPLOY_ERRORS, CODEDEPLOY_TABLE } from "../generated/codedeploy-shapes.ts";
import { ECS_ERRORS, ECS_TABLE, UNSERVED_ECS_OPERATIONS } from "../generated/ecs-shapes.ts";
import { ELBV2_ERRORS, ELBV2_TABLE, UNSERVED_ELBV2_OPERATIONS } from "../generated/elbv2-shapes.ts";
import { LAMBDA_ERRORS, LAMBDA_HTTP, LAMBDA_TABLE, UNSERVED_LAMBDA_OPERATIONS } from "../generated/lambda-shapes.ts";
import { membersOfBody } from "../rest-json/rest-call.ts";
import { SLUICE_TABLE } from "../sluice/sluice-shapes.ts";
import { LENGTHS, NUMBER_KINDS, OPERATION_FAULTS } from "./codedeploy-constraints.ts";
import { ECS_NUMBER_KINDS } from "./ecs-constraints.ts";
import { LAMBDA_NUMBER_KINDS } from "./lambda-constraints.ts";
import type { OperationTable, Shape } from "./shape.ts";

const GENERATOR = fileURLToPath(new URL("../../../../scripts/generate-shapes.ts", import.meta.url));

/** Faults of the catalogue that no service's model declares: those of any AWS JSON service, Sluice's own, the agents'. */
const NOT_OF_ANY_MODEL = [
  "AccessKeyDoesNotExistException",
  "AccessKeyInUseException",
  "AgentProgramDoesNotExistException",
  "AgentUpgradeDoesNotExistException",
  "AgentUpgradeInProgressException",
  "CrossSiteRequestException",
  "DeleteConflict",
  "EnrolmentTokenInvalidException",
  "EntityAlreadyExists",
  "ExpiredTokenException",
  "HostAlreadyExistsException",
  "HostDoesNotExistException",
  "IncompleteSignatureException",
  "InternalFailure",
  "InvalidHostNameException",
  "InvalidInput",
  "InvalidSignatureException",
  "InvalidTokenRequestException",
  "KeyNotForConsoleException",
  "LimitExceeded",
  "LogDoesNotExistException",
  "MalformedPolicyDocument",
  "MethodNotAllowedException",
  "MisdirectedRequestException",
  "MissingAuthenticationTokenException",
  "NoSuchEntity",
  "PackedPolicyTooLarge",
  "RequestEntityTooLargeException",
  "RequestExpired",
  "RequestTimeoutException",
  "SerializationException",
  "ServiceUnavailableException",
  "SessionEndedException",
  "SignInRefusedException",
  "TriggerDeliveryDoesNotExistException",
  "UnknownOperationException",
  "UnrecognizedClientException",
  "ValidationException",
];

describe("the catalogue of faults and the table of operations agree", () => {
  it("every fault that the service declares is in the catalogue", () => {
    expect(CODEDEPLOY_ERRORS.filter((code) => !Object.hasOwn(FAULTS, code))).toEqual([]);
  });

  it("the catalogue has no other fault of a service", () => {
    const declared = new Set<string>([
      ...CODEDEPLOY_ERRORS,
      ...ECS_ERRORS,
      ...ELBV2_ERRORS,
      ...Object.keys(LAMBDA_ERRORS),
    ]);
    const others = Object.keys(FAULTS).filter((code) => !declared.has(code));
    expect(others.sort()).toEqual(NOT_OF_ANY_MODEL);
  });

  it("every operation's faults are declared, and every declared fault is some operation's", () => {
    expect(Object.keys(OPERATION_FAULTS).sort()).toEqual(Object.keys(CODEDEPLOY_TABLE).sort());
    expect([...new Set(Object.values(OPERATION_FAULTS).flat())].sort()).toEqual([...CODEDEPLOY_ERRORS].sort());
  });
});

describe("the generated table", () => {
  it("is what the installed SDK's schemas give", () => {
    expect(() => execFileSync(process.execPath, [GENERATOR, "--check"], { stdio: "pipe" })).not.toThrow();
  });

  it("has the kinds of number that the constraints name", () => {
    expect(memberKind(CODEDEPLOY_TABLE.GetDeployment.output, "deploymentInfo", "deploymentOverview", "Pending")).toBe(
      "long",
    );
    const target = memberKind(
      CODEDEPLOY_TABLE.GetDeploymentTarget.output,
      "deploymentTarget",
      "lambdaTarget",
      "lambdaFunctionInfo",
      "targetVersionWeight",
    );
    expect(target).toBe("double");
    expect(memberKind(CODEDEPLOY_TABLE.CreateDeploymentConfig.input, "minimumHealthyHosts", "value")).toBe("integer");
  });

  it.each<[string, OperationTable, typeof NUMBER_KINDS]>([
    ["CodeDeploy", CODEDEPLOY_TABLE, NUMBER_KINDS],
    ["ECS", ECS_TABLE, ECS_NUMBER_KINDS],
    ["ELBv2", ELBV2_TABLE, {}],
    ["Lambda", LAMBDA_TABLE, LAMBDA_NUMBER_KINDS],
  ])("of %s uses every constraint on a number", (_, table, constraints) => {
    const kinds = shapesOf(table).flatMap((shape) =>
      shape.kind === "structure"
        ? Object.values(shape.members).map((member) => (member.kind === "map" ? member.value.kind : member.kind))
        : [],
    );
    const count = (kind: string, of: readonly string[]) => of.filter((one) => one === kind).length;
    for (const kind of ["long", "double"]) expect(count(kind, kinds)).toBe(count(kind, Object.values(constraints)));
  });

  it("of ECS has what is served, and knows the rest by name", () => {
    expect(memberKind(ECS_TABLE.CreateTaskSet.input, "scale", "value")).toBe("double");
    expect(memberKind(ECS_TABLE.RegisterTaskDefinition.input, "containerDefinitions")).toBe("list");
    expect(ECS_TABLE.CreateService.input.required).toEqual(["serviceName"]);
    expect(UNSERVED_ECS_OPERATIONS.has("RunTask")).toBe(true);
    expect(Object.keys(ECS_TABLE).filter((name) => UNSERVED_ECS_OPERATIONS.has(name))).toEqual([]);
  });

  it("of ELBv2 has what is served, the rest by name, and the codes of its faults on the wire", () => {
    expect(memberKind(ELBV2_TABLE.CreateRule.input, "Actions")).toBe("list");
    expect(ELBV2_TABLE.CreateRule.input.required).toEqual(["ListenerArn", "Conditions", "Priority", "Actions"]);
    expect(UNSERVED_ELBV2_OPERATIONS.has("SetSubnets")).toBe(true);
    expect(Object.keys(ELBV2_TABLE).filter((name) => UNSERVED_ELBV2_OPERATIONS.has(name))).toEqual([]);
    expect(ELBV2_ERRORS).toContain("TargetGroupNotFound");
  });

  it("of Lambda has the place of each member, and knows what is not served by method and path", () => {
    expect(memberKind(LAMBDA_TABLE.CreateFunction.input, "Code", "ZipFile")).toBe("blob");
    expect(LAMBDA_HTTP.Invoke).toMatchObject({
      method: "POST",
      path: "/2015-03-31/functions/{FunctionName}/invocations",
      input: { labels: ["FunctionName"], query: { Qualifier: "Qualifier" }, payload: "Payload" },
      output: { headers: { ExecutedVersion: "x-amz-executed-version" }, statusCode: "StatusCode" },
    });
    expect(Object.keys(membersOfBody(LAMBDA_TABLE.UpdateAlias.input, LAMBDA_HTTP.UpdateAlias.input))).toEqual([
      "FunctionVersion",
      "Description",
      "RoutingConfig",
      "RevisionId",
    ]);
    expect(LAMBDA_ERRORS.ResourceConflictException).toBe(409);
    expect(UNSERVED_LAMBDA_OPERATIONS.CreateEventSourceMapping).toEqual(["POST", "/2015-03-31/event-source-mappings"]);
    expect(Object.keys(LAMBDA_TABLE).filter((name) => Object.hasOwn(UNSERVED_LAMBDA_OPERATIONS, name))).toEqual([]);
  });

  it("requires what the service requires", () => {
    expect(CODEDEPLOY_TABLE.CreateDeploymentGroup.input.required).toEqual([
      "applicationName",
      "deploymentGroupName",
      "serviceRoleArn",
    ]);
    expect(LENGTHS.ApplicationName).toEqual({ min: 1, max: 100 });
  });

  it("has the shapes of a deployment", () => {
    expect(memberKind(CODEDEPLOY_TABLE.CreateDeployment.input, "revision", "s3Location", "bundleType")).toBe("string");
    expect(memberKind(CODEDEPLOY_TABLE.CreateDeployment.input, "targetInstances", "tagFilters")).toBe("list");
    expect(CODEDEPLOY_TABLE.ListDeploymentTargets.input.members.targetFilters).toMatchObject({
      kind: "map",
      value: { kind: "list", member: { kind: "string" } },
    });
  });
});

it.each<[string, OperationTable]>([
  ["CodeDeploy", CODEDEPLOY_TABLE],
  ["CodeDeployCommand", COMMAND_TABLE],
  ["ECS", ECS_TABLE],
  ["ELBv2", ELBV2_TABLE],
  ["Lambda", LAMBDA_TABLE],
  ["Sluice", SLUICE_TABLE],
])("%s requires only members that exist", (_, table) => {
  let structures = 0;
  for (const shape of shapesOf(table)) {
    if (shape.kind !== "structure") continue;
    structures += 1;
    expect(shape.required.filter((name) => !Object.hasOwn(shape.members, name))).toEqual([]);
  }
  expect(structures).toBeGreaterThanOrEqual(Object.keys(table).length);
});

function memberKind(shape: Shape | undefined, ...path: readonly string[]): string | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return shape?.kind;
  return shape?.kind === "structure" ? memberKind(shape.members[first], ...rest) : undefined;
}

function shapesOf(table: OperationTable): Shape[] {
  const found = new Set<Shape>();
  const visit = (shape: Shape): void => {
    if (found.has(shape)) return;
    found.add(shape);
    if (shape.kind === "list") visit(shape.member);
    if (shape.kind === "map") visit(shape.value);
    if (shape.kind === "structure") Object.values(shape.members).forEach(visit);
  };
  for (const operation of Object.values(table)) {
    visit(operation.input);
    visit(operation.output);
  }
  return [...found];
}

import { PROGRAM_MODE, zipOf } from "@sluice/drivers/function-processes/zipped-code.fixture.ts";
import { ENUMS } from "@sluice/model/codedeploy-enums.ts";
import type { Shape, StructureShape } from "@sluice/wire/shapes/shape.ts";
import fc from "fast-check";
import type { ServiceName } from "./fuzz-services.fixture.ts";

export const ACCOUNT = "111122223333";
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/CodeDeployServiceRole`;
export const HOST_USER = `arn:aws:iam::${ACCOUNT}:user/rack-1`;
const ARN = `arn:aws:codedeploy:us-east-1:${ACCOUNT}`;

/** Stands for what an answer named so last: its sender puts that in. */
export function latest(member: string): string {
  return `LATEST-${member}-`;
}

const REVISION = { revisionType: "S3", s3Location: { bucket: "revisions", key: "app.zip", bundleType: "zip" } };
/** Nothing else listens there, mostly. */
export const LISTENER_PORT = 18_497;
const FORWARD = { Type: "forward", TargetGroupArn: latest("TargetGroupArn") };
/** A function that ends at once: what is called is the server and no function. */
export const CODE = zipOf({ bootstrap: { content: "#!/bin/sh\nexit 1\n", unixMode: PROGRAM_MODE } }).toString("base64");

/** Names that the server knows, so that inputs come past the first check. */
const KNOWN = [
  ...["web", "live", "CodeDeployDefault.AllAtOnce", "rack-1", "Fleet", "revisions", "app.zip", "hook", "main", "api"],
  ...[`${ARN}:application:web`, `${ARN}:deploymentgroup:web/live`, `${ARN}:instance/rack-1`, ROLE, HOST_USER],
  ...["d-000000000:Install:9007199254740991:a:rack-1", "d-000000000:Install:1:a:rack-1", latest("deploymentId")],
  ...Object.values(ENUMS).flat(),
];
const ODD = [
  ...[
    "",
    " ",
    "\0",
    "\ud800",
    "\udfff",
    "__proto__",
    "constructor",
    "'; --",
    "%00",
    "../..",
    "\u202e",
    "😀",
    "*",
    "a/b",
  ],
  ...["$(id)", "\r\nX-Injected: 1", "<a>&amp;", "NaN", "1e400", "null", "\ufeff", "a".repeat(300), "a".repeat(100_000)],
];
const NUMBERS = [
  0,
  1,
  -1,
  50,
  100,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 53,
  1e308,
  0.5,
  8.64e12,
  8.64e12 + 1,
  -1e300,
];

const right = fc.constantFrom(...KNOWN);
const odd = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...ODD) },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
);

type Likely = Readonly<Record<string, readonly unknown[]>>;

/** What a member is mostly given, by its name in lower case, so that inputs come past the checks of names. */
const LIKELY_CODEDEPLOY: Likely = {
  accesskeyid: [latest("accessKeyId")],
  action: ["stop", "continue", "next", "pause", "resume", "finish", "skip-wait", "roll-back"],
  applicationname: ["web"],
  bundletype: ["zip"],
  cause: ["tried"],
  commandstatus: ["Succeeded", "Failed"],
  computeplatform: ["Server"],
  currentdeploymentgroupname: ["live"],
  deploymentconfigname: ["CodeDeployDefault.AllAtOnce", "half"],
  deploymentexecutionid: [latest("DeploymentExecutionId")],
  deploymentgroupname: ["live", "next"],
  deploymentid: [latest("deploymentId")],
  deploymentoption: ["WITHOUT_TRAFFIC_CONTROL"],
  deploymenttype: ["IN_PLACE"],
  deploymentwaittype: ["READY_WAIT"],
  description: ["tried"],
  enabled: [true],
  filename: ["app.zip"],
  format: ["JSON"],
  fromdeploymentid: [latest("deploymentId")],
  host: ["rack-1"],
  hostcommandidentifier: [latest("HostCommandIdentifier")],
  hostidentifier: [HOST_USER],
  hostname: ["rack-2", latest("hostName")],
  iamuserarn: [HOST_USER],
  functionname: ["hook"],
  instanceid: ["rack-1", "i-0123456789abcdef0"],
  instancename: ["rack-1"],
  key: ["Fleet"],
  lifecycleeventhookexecutionid: ["BeforeInstall/1/web:live"],
  minimumhealthyhosts: [{ type: "FLEET_PERCENT", value: 50 }],
  newapplicationname: ["web"],
  newdeploymentgroupname: ["live"],
  nexttoken: [latest("nextToken"), undefined],
  notificationid: [latest("notificationId")],
  payload: ["{}"],
  reason: ["tried"],
  registrationstatus: ["Registered"],
  resourcearn: [`${ARN}:application:web`, `${ARN}:deploymentgroup:web/live`],
  revision: [REVISION],
  from: [REVISION],
  to: [REVISION],
  revisiontype: ["S3"],
  role: ["read-only"],
  s3location: [REVISION.s3Location],
  servicerolearn: [ROLE],
  sortby: ["registerTime"],
  sortorder: ["ascending"],
  status: ["Succeeded", "Failed"],
  stream: ["stdout"],
  tag: [{ Key: "Fleet", Value: "web" }],
  tagkey: ["Fleet"],
  targetid: ["rack-1"],
  todeploymentid: [latest("deploymentId")],
  token: [latest("token")],
  tokenid: [latest("tokenId")],
  type: ["KEY_AND_VALUE", "KEY_ONLY"],
  value: ["web"],
};

const LIKELY_ECS: Likely = {
  cluster: ["main"],
  clustername: ["main"],
  containerdefinitions: [[{ name: "app", image: "app:1" }]],
  deploymentcontroller: [{ type: "CODE_DEPLOY" }],
  desiredcount: [0, 1],
  family: ["app"],
  loadbalancers: [[{ targetGroupArn: latest("TargetGroupArn"), containerName: "app", containerPort: 8080 }]],
  image: ["app:1"],
  include: [undefined],
  key: ["Fleet"],
  launchtype: [undefined],
  name: ["app"],
  nexttoken: [latest("nextToken"), undefined],
  primarytaskset: [latest("taskSetArn")],
  resourcearn: [latest("taskDefinitionArn"), latest("clusterArn"), latest("serviceArn")],
  scale: [{ unit: "PERCENT", value: 100 }],
  service: ["api"],
  servicename: ["api", "own"],
  tagkey: ["Fleet"],
  tag: [{ key: "Fleet", value: "web" }],
  task: [latest("taskArn")],
  taskdefinition: ["app", latest("taskDefinitionArn")],
  taskset: [latest("taskSetArn")],
  value: ["web"],
};

const LIKELY_ELBV2: Likely = {
  actions: [[FORWARD]],
  attributes: [
    [{ Key: "deregistration_delay.timeout_seconds", Value: "1" }],
    [{ Key: "idle_timeout.timeout_seconds", Value: "9" }],
  ],
  conditions: [[{ Field: "path-pattern", Values: ["/a*"] }]],
  defaultactions: [[FORWARD]],
  id: ["10.1.2.3"],
  key: ["Fleet"],
  listenerarn: [latest("ListenerArn")],
  loadbalancerarn: [latest("LoadBalancerArn"), undefined],
  marker: [latest("NextMarker"), undefined],
  name: ["tg", "lb", "other"],
  port: [LISTENER_PORT],
  priority: [1, 2, 3],
  protocol: ["HTTP"],
  resourcearn: [latest("TargetGroupArn"), latest("LoadBalancerArn"), latest("ListenerArn"), latest("RuleArn")],
  rulearn: [latest("RuleArn")],
  rulepriorities: [[{ RuleArn: latest("RuleArn"), Priority: 7 }]],
  subnets: [["subnet-1", "subnet-2"]],
  tagkey: ["Fleet"],
  targetgrouparn: [latest("TargetGroupArn")],
  targettype: ["ip"],
  tag: [{ Key: "Fleet", Value: "web" }],
  value: ["web"],
  vpcid: ["vpc-1"],
};

const LIKELY_LAMBDA: Likely = {
  action: ["lambda:InvokeFunction"],
  code: [{ ZipFile: CODE }],
  functionname: ["hook", "other"],
  functionversion: ["1", "$LATEST"],
  handler: ["bootstrap"],
  invocationtype: ["DryRun", "Event", "RequestResponse"],
  marker: [undefined],
  name: ["live"],
  principal: ["elasticloadbalancing.amazonaws.com"],
  qualifier: ["$LATEST", undefined],
  resource: [`arn:aws:lambda:us-east-1:${ACCOUNT}:function:hook`],
  reservedconcurrentexecutions: [1],
  revisionid: [undefined],
  role: [ROLE],
  runtime: ["provided.al2023"],
  statementid: ["s1"],
  tagkey: ["Fleet"],
  tags: [{ Fleet: "web" }],
  zipfile: [CODE],
};

const LIKELY: Readonly<Record<ServiceName, Likely>> = {
  codedeploy: LIKELY_CODEDEPLOY,
  command: LIKELY_CODEDEPLOY,
  sluice: LIKELY_CODEDEPLOY,
  ecs: LIKELY_ECS,
  elbv2: LIKELY_ELBV2,
  lambda: LIKELY_LAMBDA,
  sts: {},
};

/** How right a value is: `right`, wholly as its members' names say; `nearly`, with a member left out here and another type there. */
export interface Aim {
  readonly service: ServiceName;
  readonly rightness: "right" | "nearly";
}

/** JSON of a shape. */
export function inputLike(shape: Shape, aim: Aim, member = ""): fc.Arbitrary<unknown> {
  const likely = LIKELY[aim.service][member.toLowerCase()];
  const shaped = shapedValue(shape, aim, member);
  const value = likely
    ? fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...likely) }, { weight: 1, arbitrary: shaped })
    : shaped;
  if (aim.rightness === "right") return value;
  return fc.oneof({ weight: 40, arbitrary: value }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) });
}

function shapedValue(shape: Shape, aim: Aim, member: string): fc.Arbitrary<unknown> {
  const isRight = aim.rightness === "right";
  switch (shape.kind) {
    case "string":
      return isRight ? right : fc.oneof({ weight: 6, arbitrary: right }, { weight: 1, arbitrary: odd });
    case "blob":
      return fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("base64"));
    case "boolean":
      return fc.boolean();
    case "integer":
    case "long":
    case "double":
    case "timestamp":
      return isRight ? fc.nat({ max: 100 }) : fc.oneof(fc.constantFrom(...NUMBERS), fc.nat({ max: 100 }));
    case "list":
      return fc.array(inputLike(shape.member, aim, member.replace(/s$/, "")), {
        minLength: isRight ? 1 : 0,
        maxLength: 3,
      });
    case "map":
      return fc.dictionary(isRight ? right : fc.oneof(right, odd), inputLike(shape.value, aim), { maxKeys: 3 });
    case "structure":
      return structureValue(shape, aim);
    default: {
      const never: never = shape;
      return never;
    }
  }
}

/** Of what is not required some is there, and less where all is to be right. JSON leaves out what is undefined. */
function structureValue(shape: StructureShape, aim: Aim): fc.Arbitrary<unknown> {
  const isRight = aim.rightness === "right";
  const members = Object.entries(shape.members).map(([name, member]) => {
    // Whatever is named in every input is mostly there, or little would come past the checks of names.
    const isNamed = shape.required.includes(name) || LIKELY[aim.service][name.toLowerCase()] !== undefined;
    const there = isNamed ? (isRight ? 40 : 10) : isRight ? 0.03 : 0.5;
    const weights = { absent: 100, there: Math.round(100 * there) };
    const value = inputLike(member, aim, name);
    return [
      name,
      fc.oneof(
        { weight: weights.absent, arbitrary: fc.constant(undefined) },
        { weight: weights.there, arbitrary: value },
      ),
    ] as const;
  });
  return fc.record(Object.fromEntries(members));
}

/** How deep {@link withOneOdd} looks into structures that hold each other. */
const MAX_DEPTH = 6;

/** Inputs that are as right as {@link LIKELY} can say, but for one text each, which is `text`: one for every text that the shape has. */
export function* withOneOdd(shape: Shape, service: ServiceName, text: string, depth = 0): Generator<unknown> {
  if (depth > MAX_DEPTH) return;
  switch (shape.kind) {
    case "string":
      yield text;
      return;
    case "list":
      for (const value of withOneOdd(shape.member, service, text, depth + 1)) yield [value];
      return;
    case "map":
      for (const value of withOneOdd(shape.value, service, text, depth + 1)) yield { Fleet: value };
      yield { [text]: "web" };
      return;
    case "structure": {
      const right = rightStructure(shape, service, depth);
      for (const [name, member] of Object.entries(shape.members)) {
        for (const value of withOneOdd(member, service, text, depth + 1)) yield { ...right, [name]: value };
      }
    }
  }
}

function rightStructure(shape: StructureShape, service: ServiceName, depth: number): Record<string, unknown> {
  const named = Object.entries(shape.members).filter(
    ([name]) => shape.required.includes(name) || LIKELY[service][name.toLowerCase()] !== undefined,
  );
  return Object.fromEntries(
    named.map(([name, member]) => [name, rightValue(member, { service, member: name, depth: depth + 1 })]),
  );
}

function rightValue(
  shape: Shape,
  { service, member, depth }: { readonly service: ServiceName; readonly member: string; readonly depth: number },
): unknown {
  const likely = LIKELY[service][member.toLowerCase()];
  if (likely) return likely[0];
  switch (shape.kind) {
    case "string":
      return "web";
    case "list":
      return depth > MAX_DEPTH ? [] : [rightValue(shape.member, { service, member: member.replace(/s$/, ""), depth })];
    case "structure":
      return depth > MAX_DEPTH ? {} : rightStructure(shape, service, depth);
    case "boolean":
      return true;
    case "map":
      return {};
    case "blob":
      return "";
    default:
      return 1;
  }
}

/** What is no JSON of any shape, and what is JSON that nobody means. */
export const HOSTILE_BODIES: readonly string[] = [
  ...[
    "",
    " ",
    "null",
    "[]",
    "1",
    '"x"',
    "true",
    "{",
    "}",
    '{"a":',
    "{}{}",
    "{}garbage",
    "\ufeff{}",
    "{'a':1}",
    "{/**/}",
  ],
  ...[
    '{"a":NaN}',
    '{"a":1e999}',
    '{"a":01}',
    '{"a":"\\ud800"}',
    '{"a":"\\u0000"}',
    '{"a":"\t"}',
    "<a/>",
    "a=b&a=b",
    "%%%",
  ],
  ...['{"__proto__":{"applicationName":"web"}}', '{"constructor":{"prototype":{"applicationName":"web"}}}'],
  ...['{"applicationName":"web","applicationName":{}}', '{"applicationName":["web"]}', '{"applicationName":null}'],
  ...[`{"deploymentId":${"9".repeat(400)}}`, `{"a":${"[".repeat(60)}${"]".repeat(60)}}`],
  ...[
    "[".repeat(50_000),
    '{"a":'.repeat(20_000),
    `{${Array.from({ length: 2_000 }, (_, at) => `"a${at}":1`).join(",")}}`,
  ],
];

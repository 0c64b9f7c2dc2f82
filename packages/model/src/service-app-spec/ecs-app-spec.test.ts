import { describe, expect, it } from "vitest";
import { readEcsAppSpec } from "./ecs-app-spec.ts";
import { describeFault } from "./spec-fault.ts";

const ARN = "arn:aws:ecs:us-east-1:111122223333:task-definition/web:7";
const FULL = `version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: "${ARN}"
        LoadBalancerInfo:
          ContainerName: "web"
          ContainerPort: 80
        PlatformVersion: "LATEST"
        NetworkConfiguration:
          AwsvpcConfiguration:
            Subnets: ["subnet-1", "subnet-2"]
            SecurityGroups: ["sg-1"]
            AssignPublicIp: "ENABLED"
        CapacityProviderStrategy:
          - Base: 1
            CapacityProvider: "FARGATE"
            Weight: 2
          - CapacityProvider: "FARGATE_SPOT"
            Weight: "1"
Hooks:
  - BeforeInstall: "CodeDeployHook_before"
  - AfterInstall: "CodeDeployHook_after"
  - AfterAllowTestTraffic: "arn:aws:lambda:us-east-1:111122223333:function:CodeDeployHook_test:live"
  - BeforeAllowTraffic: check-load
  - AfterAllowTraffic: "done"
`;
const SMALL = `version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: web:7
        LoadBalancerInfo: { ContainerName: web, ContainerPort: 80 }
`;

function read(text: string) {
  const reading = readEcsAppSpec(text);
  if (reading.outcome === "faulty") throw new Error(reading.faults.map(describeFault).join("\n"));
  return reading.appSpec;
}

function faults(text: string): string[] {
  const reading = readEcsAppSpec(text);
  return reading.outcome === "faulty" ? reading.faults.map(describeFault) : [];
}

describe("an AppSpec for ECS", () => {
  it("is read in full", () => {
    expect(read(FULL)).toEqual({
      taskSet: {
        taskDefinition: ARN,
        containerName: "web",
        containerPort: 80,
        platformVersion: "LATEST",
        network: { subnets: ["subnet-1", "subnet-2"], securityGroups: ["sg-1"], assignsPublicIp: true },
        capacityProviders: [
          { name: "FARGATE", base: 1, weight: 2 },
          { name: "FARGATE_SPOT", base: 0, weight: 1 },
        ],
      },
      hooks: {
        BeforeInstall: "CodeDeployHook_before",
        AfterInstall: "CodeDeployHook_after",
        AfterAllowTestTraffic: "arn:aws:lambda:us-east-1:111122223333:function:CodeDeployHook_test:live",
        BeforeAllowTraffic: "check-load",
        AfterAllowTraffic: "done",
      },
    });
  });

  it.each([
    ["two blanks", 2],
    ["tabs", "\t"],
    ["no line break", undefined],
  ])("is read as JSON, written with %s", (_name, indentation) => {
    const document = {
      version: 0.0,
      Resources: [
        {
          TargetService: {
            Type: "AWS::ECS::Service",
            Properties: { TaskDefinition: ARN, LoadBalancerInfo: { ContainerName: "web", ContainerPort: 80 } },
          },
        },
      ],
      Hooks: [{ AfterInstall: "after" }],
    };
    const { taskSet, hooks } = read(JSON.stringify(document, null, indentation));
    expect(taskSet).toEqual({ taskDefinition: ARN, containerName: "web", containerPort: 80 });
    expect(hooks).toEqual({ AfterInstall: "after" });
  });

  it("is read with keys in any letter case, and with a port in quotes", () => {
    const text = SMALL.replace("Resources", "resources")
      .replace("Properties", "properties")
      .replace("TaskDefinition", "taskDefinition")
      .replace("ContainerPort: 80", 'containerport: "8080"')
      .concat("hooks:\n  - beforeinstall: one\n");
    expect(read(text)).toMatchObject({ taskSet: { containerPort: 8080 }, hooks: { BeforeInstall: "one" } });
  });

  it.each(["0", "0.0", '"0.0"', "1", "1.0", "'1'"])("takes version %s", (version) => {
    expect(read(SMALL.replace("0.0", version)).taskSet.taskDefinition).toBe("web:7");
  });

  it.each(["web", "web:1", ARN, ARN.replace(":7", "")])("takes the task definition %s", (taskDefinition) => {
    expect(read(SMALL.replace("web:7", taskDefinition)).taskSet.taskDefinition).toBe(taskDefinition);
  });

  it.each([
    ["whose Hooks are empty", "Hooks:\n"],
    ["whose Hooks are an empty list", "Hooks: []\n"],
  ])("has no hooks %s", (_name, hooks) => {
    expect(read(SMALL + hooks).hooks).toEqual({});
  });
});

describe("a faulty AppSpec for ECS", () => {
  it("tells all its faults, each with its path, line, value and cure", () => {
    const text = `version: 2
Resources:
  - TargetService:
      Type: AWS::Lambda::Function
      Properties:
        TaskDefintion: web:7
        LoadBalancerInfo:
          ContainerPort: http
        LaunchType: FARGATE
Hooks:
  - BeforeInstal: one
  - Install: two
  - AfterInstall: https://example.com/hook
`;
    const all = faults(text);
    expect(all).toEqual([
      "version (line 1) is the number 2: write 0.0",
      expect.stringMatching(
        /^Resources\[0\]\.TargetService\.Type \(line 4\) is "AWS::Lambda::Function": .*write AWS::ECS::Service$/,
      ),
      expect.stringMatching(
        /Properties\.TaskDefintion \(line 6\) is not known here: did you mean TaskDefinition\? Known are /,
      ),
      expect.stringMatching(/Properties\.LaunchType \(line 9\) is not known here: use TaskDefinition, /),
      expect.stringMatching(/Properties\.TaskDefinition \(line 6\) is missing: give a task definition's ARN/),
      expect.stringMatching(/LoadBalancerInfo\.ContainerName \(line 8\) is missing: name the container/),
      expect.stringMatching(
        /LoadBalancerInfo\.ContainerPort \(line 8\) is "http": give a whole number from 1 to 65535/,
      ),
      expect.stringMatching(/^Hooks\[0\]\.BeforeInstal \(line 11\) .* Did you mean BeforeInstall\?/),
      expect.stringMatching(/^Hooks\[1\]\.Install \(line 12\) is an event that the deployment carries out itself/),
      expect.stringMatching(/^Hooks\[2\]\.AfterInstall \(line 13\) is the URL "https:\/\/example\.com\/hook"/),
    ]);
  });

  it.each([
    ["is empty", "", "is empty"],
    ["is a list", "- a\n", "is a list"],
    ["is no YAML", "version: [0.0\nResources: {", "is not valid YAML or JSON"],
    ["has two documents", `${SMALL}---\n${SMALL}`, "holds a second document"],
    ["has an alias", SMALL.replace("web:7", "&td web:7").replace("Name: web", "Name: *td"), "is the alias *td"],
    [
      "is of hosts",
      "version: 0.0\nos: linux\nfiles: []\n",
      "os (line 2) belongs to AppSpecs of the compute platform Server",
    ],
    ["has no version", SMALL.replace("version: 0.0\n", ""), "version (line 1) is missing: write version: 0.0"],
    ["says a thing twice", `${SMALL}Resources: []\n`, "is there a second time"],
    ["says a thing twice in two cases", `${SMALL}resources: []\n`, "resources (line 8) is there a second time"],
    ["has no resource", "version: 0.0\nResources: []\n", "Resources (line 2) is an empty list"],
    ["has two resources", SMALL.replace("Resources:\n", "Resources:\n  - Other: {Type: x}\n"), "is a second resource"],
    [
      "has Resources as a map",
      "version: 0.0\nResources:\n  TargetService: {}\n",
      "is a map: write a list with one item",
    ],
    ["names a file", SMALL.replace("web:7", "taskdef.json"), "looks like a file: register it"],
    ["has a placeholder", SMALL.replace("web:7", "<TASK_DEFINITION>"), "a placeholder that nobody has filled in"],
    ["has a port of 0", SMALL.replace("80", "0"), "is 0: give a whole number from 1 to 65535"],
    ["has half a port", SMALL.replace("80", "80.5"), "is 80.5: give a whole number"],
    ["has no container", SMALL.replace("ContainerName: web", 'ContainerName: ""'), "is empty: name the container"],
    ["has a hook twice", `${SMALL}Hooks:\n  - AfterInstall: a\n  - afterinstall: b\n`, "an event has one hook"],
    ["has a hook without a name", `${SMALL}Hooks:\n  - AfterInstall: ""\n`, "is empty: name a function"],
    ["has a path as a hook", `${SMALL}Hooks:\n  - AfterInstall: /bin/sh\n`, "which is no hook's name"],
    ["has hooks of hosts", `${SMALL}Hooks:\n  AfterInstall:\n    - location: a.sh\n`, "Hooks (line 9) is a map"],
    [
      "has half a network",
      SMALL.concat("        NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [a]}}\n"),
      "SecurityGroups (line 8) is missing: give all of Subnets, SecurityGroups, AssignPublicIp",
    ],
    [
      "has a public address of maybe",
      SMALL.concat(
        "        NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [a], SecurityGroups: [b], AssignPublicIp: maybe}}\n",
      ),
      'is "maybe": give ENABLED or DISABLED',
    ],
    [
      "has two bases",
      SMALL.concat(
        "        CapacityProviderStrategy: [{CapacityProvider: a, Base: 1, Weight: 1}, {CapacityProvider: b, Base: 1}]\n",
      ),
      "gives a, b a Base: only one capacity provider can have one",
    ],
    [
      "has no weight",
      SMALL.concat("        CapacityProviderStrategy: [{CapacityProvider: a, Base: 1, Weight: 0}]\n"),
      "gives no capacity provider a Weight above 0",
    ],
    ["is very deep", "[".repeat(50), "is not valid YAML or JSON"],
    ["is deeper than any stack", "[".repeat(200_000), "The AppSpec"],
    ["is deep and whole", `${"[".repeat(40)}${"]".repeat(40)}`, "lies more than 20 maps and lists deep"],
  ])("that %s", (_name, text, words) => {
    const all = faults(text);
    expect(all.join("\n")).toContain(words);
  });
});

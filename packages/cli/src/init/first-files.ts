import type { EcsProject, FilesProject, LambdaProject, Project, ServiceProject } from "./project.ts";
import {
  prepareScript,
  runScript,
  START_SCRIPT,
  STOP_SCRIPT,
  serviceScript,
  VALIDATE_SCRIPT,
} from "./service-scripts.ts";

export interface FirstFile {
  /** Below the project's directory. */
  readonly path: string;
  readonly text: string;
  readonly isScript: boolean;
}

const HEAD = "version: 0.0\nos: linux\n";

/** Where a project goes on hosts, if nobody says otherwise. */
export function usualDestination(project: Project): string | undefined {
  if (!("name" in project)) return undefined;
  return project.kind === "static" ? `/var/www/${project.name}` : `/opt/${project.name}`;
}

/** The AppSpec of a project, and its scripts. @param destination on hosts; services have none */
export function firstFiles(project: Project, destination: string): readonly FirstFile[] {
  switch (project.kind) {
    case "ecs":
      return [appSpec(ecsAppSpec(project))];
    case "lambda":
      return [appSpec(lambdaAppSpec(project))];
    case "static":
    case "plain":
      return filesOnly(project, destination);
    case "compose":
      return compose(project, destination);
    default:
      return service(project, destination);
  }
}

function appSpec(text: string): FirstFile {
  return { path: "appspec.yml", text, isScript: false };
}

function script(name: string, text: string): FirstFile {
  return { path: `deploy/${name}`, text, isScript: text.startsWith("#!") };
}

interface Hook {
  readonly event: string;
  readonly script: string;
  readonly timeout: number;
}

function hostAppSpec(source: string, destination: string, hooks: readonly Hook[]): FirstFile {
  const written = hooks
    .map(({ event, script, timeout }) => `  ${event}:\n    - location: deploy/${script}\n      timeout: ${timeout}\n`)
    .join("");
  return appSpec(
    `${HEAD}files:\n  - source: ${source}\n    destination: ${destination}\n# Files that are there already are replaced.\nfile_exists_behavior: OVERWRITE\nhooks:\n${written}`,
  );
}

function service(project: ServiceProject, destination: string): FirstFile[] {
  return [
    hostAppSpec("/", destination, [
      { event: "ApplicationStop", script: "stop.sh", timeout: 60 },
      { event: "AfterInstall", script: "prepare.sh", timeout: 900 },
      { event: "ApplicationStart", script: "start.sh", timeout: 60 },
      { event: "ValidateService", script: "validate.sh", timeout: 120 },
    ]),
    script("service.sh", serviceScript(project, destination)),
    script("run.sh", runScript(project, destination)),
    script("prepare.sh", prepareScript(project)),
    script("start.sh", START_SCRIPT),
    script("stop.sh", STOP_SCRIPT),
    script("validate.sh", VALIDATE_SCRIPT),
  ];
}

function filesOnly({ kind, source }: FilesProject, destination: string): FirstFile[] {
  const check =
    kind === "static"
      ? `[ -s ${destination}/index.html ] || { echo "${destination}/index.html is missing or empty" >&2; exit 1; }\necho "${destination}/index.html is there"`
      : `# Check here that what was installed works, and exit with another status than 0 if it does not.\nls ${destination} >/dev/null`;
  return [
    hostAppSpec(source, destination, [{ event: "ValidateService", script: "validate.sh", timeout: 60 }]),
    script(
      "validate.sh",
      `#!/bin/sh\n# ValidateService: the deployment succeeds on this host only if this script does.\nset -eu\n${check}\n`,
    ),
  ];
}

function compose({ source }: FilesProject, destination: string): FirstFile[] {
  const begin = (event: string) => `#!/bin/sh\n# ${event}\nset -eu\ncd ${destination}\n`;
  return [
    hostAppSpec(source, destination, [
      { event: "ApplicationStop", script: "stop.sh", timeout: 120 },
      { event: "AfterInstall", script: "prepare.sh", timeout: 900 },
      { event: "ApplicationStart", script: "start.sh", timeout: 300 },
      { event: "ValidateService", script: "validate.sh", timeout: 120 },
    ]),
    script(
      "prepare.sh",
      `${begin("AfterInstall: gets the images.")}docker compose pull --quiet --ignore-buildable\ndocker compose build --quiet\n`,
    ),
    script("start.sh", `${begin("ApplicationStart")}docker compose up --detach --remove-orphans\n`),
    script(
      "stop.sh",
      `${begin("ApplicationStop: runs from the revision that was installed before.")}docker compose stop\n`,
    ),
    script(
      "validate.sh",
      `${begin("ValidateService: every container has to run.")}ended=$(docker compose ps --all --status exited --quiet)\nif [ -n "$ended" ]; then docker compose logs --tail 20 >&2; exit 1; fi\ndocker compose ps\n`,
    ),
  ];
}

function ecsAppSpec({ taskDefinition, containerName, containerPort }: EcsProject): string {
  return `version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        # A family means its newest revision; a pipeline names one: sluice deploy appspec.yml --task-definition FAMILY:REVISION
        TaskDefinition: ${taskDefinition}
        LoadBalancerInfo:
          ContainerName: ${containerName}
          ContainerPort: ${containerPort}
`;
}

function lambdaAppSpec({ functionName }: LambdaProject): string {
  return `version: 0.0
Resources:
  - Function:
      Type: AWS::Lambda::Function
      Properties:
        Name: ${functionName}
        Alias: live
        # The version that the alias has now, and the one that it gets.
        CurrentVersion: "1"
        TargetVersion: "2"
`;
}

import {
  type Answer,
  type AnsweringServer,
  type Question,
  queryAnswer,
  queryRefusal,
  startAnsweringServer,
} from "../aws/answering-server.fixture.ts";

const ACCOUNT = "arn:aws:ecs:eu-central-1:111122223333";
const GROUP = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup";

interface ApiTaskSet {
  readonly id: string;
  readonly externalId?: string;
  readonly targetGroupArn: string;
  readonly createdAt: number;
  status: "PRIMARY" | "ACTIVE" | "DRAINING";
  stabilityStatus: "STABILIZING" | "STEADY_STATE";
  runningCount: number;
  pendingCount: number;
  readonly asked: Readonly<Record<string, unknown>>;
}

interface ApiTask {
  readonly startedBy: string;
  readonly stopCode: string;
  readonly stoppedReason: string;
  readonly exitCode?: number;
}

/**
 * As much of Amazon ECS, and of Elastic Load Balancing, as the driver asks for, after their documented shapes: the service `web` of the
 * cluster `shop`, of two tasks, whose primary task set is behind the target group `blue`. Beside what a moto server does its task sets take
 * time to become steady, and to go.
 */
export class EcsApi {
  readonly taskSets: ApiTaskSet[] = [];
  readonly stopped: ApiTask[] = [];
  readonly events: { readonly message: string; readonly createdAt: number }[] = [];
  /** Actions that are refused with AccessDeniedException. */
  readonly denied = new Set<string>();
  /** What is answered instead, by action. */
  readonly instead = new Map<string, Answer>();
  /** Of the service and its primary task set. */
  serviceValues: Record<string, unknown> = {};
  unhealthy = "";
  readonly #server: AnsweringServer;
  readonly #controller: string;
  #made = 0;

  private constructor(server: AnsweringServer, controller: string) {
    this.#server = server;
    this.#controller = controller;
    this.#make("STEADY_STATE", "PRIMARY", { loadBalancers: [{ targetGroupArn: groupArn("blue") }] });
    server.answer = (question) => this.#answer(question);
  }

  static async start(controller = "CODE_DEPLOY"): Promise<EcsApi> {
    return new EcsApi(await startAnsweringServer(), controller);
  }

  get settings() {
    return {
      region: "eu-central-1",
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      secretAccessKey: "the-secret",
      endpoint: this.#server.url,
    };
  }

  get url(): string {
    return this.#server.url;
  }

  /** The actions that were asked for, in order. */
  get asked(): readonly string[] {
    return this.#server.questions.map(actionOf);
  }

  questions(action: string): readonly Question[] {
    return this.#server.questions.filter((question) => actionOf(question) === action);
  }

  /** Tasks that are starting run, and those that are stopping are gone. */
  pass(): void {
    const left = this.taskSets.filter(({ status }) => status !== "DRAINING");
    this.taskSets.splice(0, this.taskSets.length, ...left);
    for (const taskSet of left)
      Object.assign(taskSet, { stabilityStatus: "STEADY_STATE", runningCount: 2, pendingCount: 0 });
  }

  breakTaskSet(taskSetId: string, why: string): void {
    const found = this.taskSets.find(({ id }) => id === taskSetId);
    if (found) Object.assign(found, { stabilityStatus: "STABILIZING", runningCount: 0, pendingCount: 2 });
    const [stoppedReason = "", exit] = why.split(": exit code ");
    const exitCode = exit === undefined ? {} : { exitCode: Number(exit) };
    this.stopped.push({ startedBy: taskSetId, stopCode: "EssentialContainerExited", stoppedReason, ...exitCode });
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  #make(
    stabilityStatus: ApiTaskSet["stabilityStatus"],
    status: ApiTaskSet["status"],
    asked: Record<string, unknown>,
  ): ApiTaskSet {
    const number = ++this.#made;
    const [balancer] = asked.loadBalancers as { targetGroupArn: string }[];
    const isSteady = stabilityStatus === "STEADY_STATE";
    const made: ApiTaskSet = {
      id: `ecs-svc/${String(number).padStart(19, "0")}`,
      ...(typeof asked.externalId === "string" ? { externalId: asked.externalId } : {}),
      targetGroupArn: balancer?.targetGroupArn ?? "",
      createdAt: 1_700_000_000 + number,
      status,
      stabilityStatus,
      runningCount: isSteady ? 2 : 0,
      pendingCount: isSteady ? 0 : 2,
      asked,
    };
    this.taskSets.push(made);
    return made;
  }

  #answer(question: Question): Answer {
    const action = actionOf(question);
    const instead = this.instead.get(action);
    if (instead) return instead;
    if (question.form.has("Action")) return this.#answerQuery(action, question.form);
    if (this.denied.has(action)) return refused("AccessDeniedException", `not authorized to perform: ecs:${action}`);
    const input = JSON.parse(question.body);
    if (input.cluster !== undefined && !["shop", `${ACCOUNT}:cluster/shop`].includes(input.cluster)) {
      return refused("ClusterNotFoundException", "Cluster not found.");
    }
    return this.#carryOut(action, input);
  }

  // biome-ignore lint/suspicious/noExplicitAny: what came over the wire
  #carryOut(action: string, input: any): Answer {
    switch (action) {
      case "DescribeServices": {
        if (input.services[0] !== "web") return answered({ services: [], failures: [{ reason: "MISSING" }] });
        return answered({ services: [this.#service()], failures: [] });
      }
      case "DescribeTaskDefinition": {
        if (input.taskDefinition !== "web:2") return refused("ClientException", "Unable to describe task definition.");
        const containerDefinitions = [{ name: "web", portMappings: [{ containerPort: 80, protocol: "tcp" }] }];
        const taskDefinitionArn = `${ACCOUNT}:task-definition/web:2`;
        return answered({ taskDefinition: { taskDefinitionArn, containerDefinitions, status: "ACTIVE" } });
      }
      case "CreateTaskSet": {
        if (input.service !== "web") return refused("ServiceNotFoundException", "Service not found.");
        const before = this.taskSets.find(({ externalId }) => externalId === input.clientToken);
        return answered({ taskSet: shown(before ?? this.#make("STABILIZING", "ACTIVE", input)) });
      }
      case "UpdateServicePrimaryTaskSet":
        return this.#withTaskSet(input.primaryTaskSet, (chosen) => {
          for (const one of this.taskSets) if (one.status === "PRIMARY") one.status = "ACTIVE";
          chosen.status = "PRIMARY";
        });
      case "DeleteTaskSet":
        if (input.force !== true) return refused("InvalidParameterException", "The task set is not scaled to zero.");
        return this.#withTaskSet(input.taskSet, (chosen) => {
          chosen.status = "DRAINING";
        });
      case "ListTasks": {
        const taskArns = this.stopped.map((_task, at) => `${ACCOUNT}:task/shop/${at}`);
        return answered({ taskArns: input.desiredStatus === "STOPPED" ? taskArns : [] });
      }
      case "DescribeTasks":
        return answered({
          tasks: this.stopped.map(({ exitCode, ...task }, at) => ({
            ...task,
            stoppedAt: 1_700_000_100 + at,
            containers: [{ name: "web", ...(exitCode === undefined ? {} : { exitCode }) }],
          })),
          failures: [],
        });
      default:
        return refused("InvalidAction", action);
    }
  }

  #answerQuery(action: string, form: URLSearchParams): Answer {
    if (this.denied.has(action)) return queryRefusal(403, "AccessDenied", "User is not authorized");
    if (action === "DescribeTargetHealth") {
      const health = `<State>${this.unhealthy === "" ? "healthy" : "unhealthy"}</State><Description>${this.unhealthy}</Description>`;
      const target = `<member><Target><Id>10.0.0.5</Id><Port>80</Port></Target><TargetHealth>${health}</TargetHealth></member>`;
      return queryAnswer(action, `<TargetHealthDescriptions>${target}</TargetHealthDescriptions>`);
    }
    const name = form.get("Names.member.1") ?? "";
    if (!["blue", "green"].includes(name))
      return queryRefusal(400, "TargetGroupNotFound", "One or more target groups not found");
    const arn = `<TargetGroupArn>${groupArn(name)}</TargetGroupArn>`;
    return queryAnswer(action, `<TargetGroups><member>${arn}</member></TargetGroups>`);
  }

  #withTaskSet(arn: string, act: (chosen: ApiTaskSet) => void): Answer {
    const chosen = this.taskSets.find(({ id }) => arn === id || arn === taskSetArn(id));
    if (!chosen) return refused("TaskSetNotFoundException", "The specified task set wasn't found.");
    act(chosen);
    return answered({ taskSet: shown(chosen) });
  }

  #service() {
    return {
      serviceName: "web",
      serviceArn: `${ACCOUNT}:service/shop/web`,
      clusterArn: `${ACCOUNT}:cluster/shop`,
      status: "ACTIVE",
      desiredCount: 2,
      schedulingStrategy: "REPLICA",
      ...(this.#controller === "ECS" ? {} : { deploymentController: { type: this.#controller } }),
      taskSets: this.taskSets.map(shown).reverse(),
      events: this.events,
      ...this.serviceValues,
    };
  }
}

export function groupArn(name: string): string {
  return `${GROUP}/${name}/0123456789abcdef`;
}

export function taskSetArn(id: string): string {
  return `${ACCOUNT}:task-set/shop/web/${id}`;
}

function shown({ asked, targetGroupArn, ...taskSet }: ApiTaskSet) {
  const { launchType, networkConfiguration, serviceRegistries } = asked;
  return {
    ...taskSet,
    ...{ launchType, networkConfiguration, serviceRegistries },
    taskSetArn: taskSetArn(taskSet.id),
    computedDesiredCount: 2,
    loadBalancers: [{ targetGroupArn, containerName: "web", containerPort: 80 }],
  };
}

function actionOf({ headers, form }: Question): string {
  const [, action = ""] = String(headers["x-amz-target"] ?? "").split(".");
  return action || (form.get("Action") ?? "");
}

function answered(body: object): Answer {
  return { status: 200, body: JSON.stringify(body), headers: { "content-type": "application/x-amz-json-1.1" } };
}

function refused(type: string, message: string): Answer {
  const body = JSON.stringify({ __type: type, message });
  return { status: 400, body, headers: { "content-type": "application/x-amz-json-1.1" } };
}

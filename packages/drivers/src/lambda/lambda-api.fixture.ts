import type { FunctionConfiguration, GetProvisionedConcurrencyConfigCommandOutput } from "@aws-sdk/client-lambda";
import type { AliasRouting } from "@sluice/engine/ports/function-alias.ts";
import {
  type Answer,
  type AnsweringServer,
  type Question,
  queryAnswer,
  queryRefusal,
  startAnsweringServer,
} from "../aws/answering-server.fixture.ts";

export const CHARGE_ARN = "arn:aws:lambda:eu-central-1:111122223333:function:charge";

const KEYS = { region: "eu-central-1", accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "the-secret" };
/** The actions of the paths that are served. */
const ACTIONS: Readonly<Record<string, string>> = {
  "GET aliases": "GetAlias",
  "PUT aliases": "UpdateAlias",
  "GET configuration": "GetFunctionConfiguration",
  "GET provisioned-concurrency": "GetProvisionedConcurrencyConfig",
};

type Provisioned = Omit<GetProvisionedConcurrencyConfigCommandOutput, "$metadata">;

interface Asked {
  readonly name: string;
  readonly part: string;
  readonly alias: string;
  readonly qualifier: string;
  readonly body: string;
}

/**
 * As much of AWS Lambda as the driver of aliases asks for, after its documented shapes: the function `charge` with the published versions 1,
 * 2, 3 and the alias `live`. Beside what a moto server does it checks revisions and weights, and has provisioned concurrency.
 */
export class LambdaApi {
  readonly versions = new Map<string, Partial<FunctionConfiguration>>(["1", "2", "3"].map((one) => [one, {}]));
  /** By version or alias. */
  readonly provisioned = new Map<string, Provisioned>();
  /** Actions that are refused with AccessDeniedException. */
  readonly denied = new Set<string>();
  /** What is answered instead, by action. */
  readonly instead = new Map<string, Answer>();
  /** Called before the alias is changed. */
  beforeUpdate = () => {};
  #alias: { version: string; weights: Record<string, number> } = { version: "1", weights: {} };
  #revision = 1;
  readonly #server: AnsweringServer;

  private constructor(server: AnsweringServer) {
    this.#server = server;
    server.answer = (question) => this.#answer(question);
  }

  static async start(): Promise<LambdaApi> {
    return new LambdaApi(await startAnsweringServer());
  }

  get settings() {
    return { ...KEYS, endpoint: this.#server.url };
  }

  get weights(): Readonly<Record<string, number>> {
    return this.#alias.weights;
  }

  /** The actions that were asked for, in order. */
  get actions(): readonly string[] {
    return this.#server.questions.map((question) => actionOf(question));
  }

  questions(action: string): readonly Question[] {
    return this.#server.questions.filter((question) => actionOf(question) === action);
  }

  /** By somebody else. */
  change({ version, second }: AliasRouting): void {
    this.#alias = { version, weights: second ? { [second.version]: second.percent / 100 } : {} };
    this.#revision++;
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  #answer(question: Question): Answer {
    const action = actionOf(question);
    const instead = this.instead.get(action);
    if (instead) return instead;
    if (this.denied.has(action)) {
      const message = `User: arn:aws:sts::111122223333:assumed-role/CodeDeploy is not authorized to perform: lambda:${action}`;
      return action === "AssumeRole"
        ? queryRefusal(403, "AccessDenied", message)
        : lambdaRefusal(403, "AccessDeniedException", message);
    }
    if (action === "AssumeRole") return assumed();
    const asked = readQuestion(question);
    if (asked.name !== "charge") return notFound(`Function not found: ${asked.name}`);
    switch (action) {
      case "GetAlias":
        return asked.alias === "live" ? json(200, this.#aliasConfiguration()) : notFound("Cannot find alias arn");
      case "UpdateAlias":
        return this.#update(asked);
      case "GetFunctionConfiguration":
        return this.#configuration(asked);
      case "GetProvisionedConcurrencyConfig": {
        const found = this.provisioned.get(asked.qualifier);
        const words = "No Provisioned Concurrency Config found for this function";
        return found ? json(200, found) : lambdaRefusal(404, "ProvisionedConcurrencyConfigNotFoundException", words);
      }
      default:
        return { status: 500, body: "" };
    }
  }

  #configuration({ qualifier }: Asked): Answer {
    // An alias is a qualifier, too, and stands for the version that it points to.
    const version = qualifier === "live" ? this.#alias.version : qualifier;
    const found = this.versions.get(version);
    if (!found && version !== "$LATEST") return notFound(`Function not found: ${CHARGE_ARN}:${qualifier}`);
    const Role = "arn:aws:iam::111122223333:role/charge";
    const usual = { FunctionName: "charge", Version: version, Role, State: "Active", LastUpdateStatus: "Successful" };
    return json(200, { ...usual, ...found });
  }

  #update({ alias, body }: Asked): Answer {
    if (alias !== "live") return notFound("Cannot find alias arn");
    this.beforeUpdate();
    const { FunctionVersion = this.#alias.version, RoutingConfig, RevisionId } = JSON.parse(body);
    if (RevisionId !== undefined && RevisionId !== `revision-${this.#revision}`) {
      const words = "The Revision Id provided does not match the latest Revision Id.";
      return lambdaRefusal(412, "PreconditionFailedException", words);
    }
    const weights: Record<string, number> = RoutingConfig?.AdditionalVersionWeights ?? this.#alias.weights;
    const trouble = this.#troubleOf(FunctionVersion, weights);
    if (trouble) return trouble;
    const before = this.#alias.version;
    this.#alias = { version: FunctionVersion, weights };
    // Lambda moves the traffic of an alias with provisioned concurrency itself, when that is ready at the new version.
    if (this.provisioned.get("live")?.Status === "IN_PROGRESS" && before !== FunctionVersion) {
      this.#alias.weights = { [before]: 1 };
    }
    this.#revision++;
    return json(200, this.#aliasConfiguration());
  }

  #troubleOf(primary: string, weights: Record<string, number>): Answer | undefined {
    const entries = Object.entries(weights);
    const isOutside = entries.some(([, weight]) => !(weight >= 0 && weight <= 1));
    if (isOutside) return lambdaRefusal(400, "ValidationException", "1 validation error detected: routingConfig");
    const unknown = [primary, ...Object.keys(weights)].find((version) => !this.versions.has(version));
    if (unknown !== undefined) return notFound(`Function not found: ${CHARGE_ARN}:${unknown}`);
    const [second, ...more] = entries;
    if (more.length === 0 && second?.[0] !== primary) return undefined;
    const words = `Invalid function version ${primary}. Function version ${primary} is already included in routing configuration.`;
    return lambdaRefusal(400, "InvalidParameterValueException", words);
  }

  #aliasConfiguration() {
    const { version: FunctionVersion, weights } = this.#alias;
    const routing = Object.keys(weights).length > 0 ? { RoutingConfig: { AdditionalVersionWeights: weights } } : {};
    const AliasArn = `${CHARGE_ARN}:live`;
    return {
      AliasArn,
      Name: "live",
      FunctionVersion,
      Description: "",
      RevisionId: `revision-${this.#revision}`,
      ...routing,
    };
  }
}

/** As Lambda says no. */
export function lambdaRefusal(status: number, type: string, message: string): Answer {
  return json(status, { Type: "User", Message: message, message }, { "x-amzn-errortype": type });
}

function notFound(message: string): Answer {
  return lambdaRefusal(404, "ResourceNotFoundException", message);
}

function json(status: number, body: object, headers = {}): Answer {
  return { status, body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } };
}

function assumed(): Answer {
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  const keys =
    "<AccessKeyId>ASIAASSUMED</AccessKeyId><SecretAccessKey>assumed-secret</SecretAccessKey><SessionToken>assumed-token</SessionToken>";
  return queryAnswer("AssumeRole", `<Credentials>${keys}<Expiration>${expiration}</Expiration></Credentials>`);
}

function actionOf(question: Question): string {
  return question.form.get("Action") ?? ACTIONS[`${question.method} ${readQuestion(question).part}`] ?? "";
}

function readQuestion({ path, body }: Question): Asked {
  const { pathname, searchParams } = new URL(path, "http://lambda");
  const [, , , called = "", part = "", alias = ""] = decodeURIComponent(pathname).split("/");
  const name = called.split(":").at(-1) ?? "";
  return { name, part, alias, qualifier: searchParams.get("Qualifier") ?? "", body };
}

import { excerpt } from "@sluice/model/excerpt.ts";
import { MAX_FUNCTION_VARIABLES_BYTES } from "@sluice/model/lambda-limits.ts";
import { invalid } from "../checks/lambda-faults.ts";

const NAME = /^[a-zA-Z][a-zA-Z0-9_]+$/;
/** Those that Lambda sets itself. */
const RESERVED = new Set([
  ...["_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV"],
  ...["AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION"],
  ...["AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME"],
  ...["AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"],
  ...["AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"],
]);

/** Those that a shell keeps for itself, dash or bash: it would not start the function, or give it another value. */
const KEPT_BY_SHELLS = new Set([
  ...[
    "BASHOPTS",
    "BASHPID",
    "BASH_COMMAND",
    "BASH_SUBSHELL",
    "BASH_VERSINFO",
    "DIRSTACK",
    "EPOCHREALTIME",
    "EPOCHSECONDS",
  ],
  ...["EUID", "FUNCNAME", "GROUPS", "HISTCMD", "LINENO", "OPTIND", "PPID", "RANDOM", "SECONDS", "SHELLOPTS", "SHLVL"],
  ...["SRANDOM", "UID"],
]);

/** The variables of a function's environment, which are shown to whoever may read functions. */
export function readVariables(variables: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const names = Object.keys(variables);
  const reserved = names.filter((name) => RESERVED.has(name));
  if (reserved.length > 0) {
    throw invalid(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(", ")}`,
    );
  }
  const odd = names.find((name) => !NAME.test(name));
  if (odd !== undefined) {
    throw invalid(
      `Environment.Variables has the name ${excerpt(JSON.stringify(odd))}: a name begins with a letter, and has two or more letters, digits and _.`,
    );
  }
  const kept = names.find((name) => KEPT_BY_SHELLS.has(name));
  if (kept !== undefined) {
    throw invalid(
      `Environment.Variables has the name ${kept}, which the shell that starts functions keeps for itself: give it another name.`,
    );
  }
  const bytes = Buffer.byteLength(JSON.stringify(variables));
  if (bytes > MAX_FUNCTION_VARIABLES_BYTES) {
    throw invalid(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit: they have ${bytes} bytes. Put large values into a file of the zip.`,
    );
  }
  return variables;
}

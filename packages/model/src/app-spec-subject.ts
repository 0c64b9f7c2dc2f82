const VERSION = /"?\bTargetVersion"?\s*:\s*["']?([\w$-]+)/;
const TASK_DEFINITION = /"?\bTaskDefinition"?\s*:\s*["']?([\w:/.-]+)/;

/**
 * What an AppSpec of Lambda or ECS deploys, as a person calls it: `version 3`, `storefront:14`. By its text alone, so that a list of hundreds costs
 * next to nothing; undefined: it is of hosts, or says it in a way that only its grammar understands.
 */
export function appSpecSubject(content: string): string | undefined {
  const version = VERSION.exec(content)?.[1];
  if (version !== undefined) return `version ${version}`;
  const taskDefinition = TASK_DEFINITION.exec(content)?.[1];
  return taskDefinition?.slice(taskDefinition.lastIndexOf("/") + 1);
}

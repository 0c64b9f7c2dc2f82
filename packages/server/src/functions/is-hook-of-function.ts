interface Installation {
  readonly region: string;
  readonly accountId: string;
}

/** A hook's name as Lambda's API takes one for a function: its name, a part of its ARN or all of it, with a version or an alias or without. */
const FUNCTION =
  /^(?:(?:arn:aws[a-z-]*:lambda:(?<region>[a-z0-9-]+):)?(?<accountId>\d{12}):function:)?(?<functionName>[A-Za-z0-9_-]+)(?::[A-Za-z0-9_$-]+)?$/;

/** Whether the hook that an AppSpec names is this server's function of that name. A function of another account or region is another one. */
export function isHookOfFunction(hook: string, functionName: string, installation: Installation): boolean {
  const named = FUNCTION.exec(hook)?.groups;
  if (named?.functionName !== functionName) return false;
  const { region = installation.region, accountId = installation.accountId } = named;
  return region === installation.region && accountId === installation.accountId;
}

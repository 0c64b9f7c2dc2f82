const WHOLE: Readonly<Record<string, string>> = {
  serviceRoleArn: "Service role ARN",
  sluice: "Settings of Sluice's own",
  ec2TagFilters: "EC2 tag filters",
  ec2TagSet: "EC2 tag set",
  ecsServices: "ECS services",
};

/** A member's name as words: `autoRollbackConfiguration` is `Auto rollback configuration`. */
export function wordsOfName(name: string): string {
  const known = WHOLE[name];
  if (known !== undefined) return known;
  const words = name.replace(/([a-z])([A-Z])/g, (_, end: string, begin: string) => `${end} ${begin.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

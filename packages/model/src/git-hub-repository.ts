/** `OWNER/NAME`, or `OWNER/*` for all of an owner's: what a GitHub token is for. GitHub's names are the same in any letter case. */
const PATTERN = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/(?:\*|[A-Za-z0-9._-]{1,100})$/;

export function isRepositoryPattern(text: string): boolean {
  return PATTERN.test(text) && !text.endsWith("/.") && !text.endsWith("/..");
}

/** How closely a pattern names a repository; 0: it does not. */
export function repositoryMatch(pattern: string, repository: string): 0 | 1 | 2 {
  const [wanted, asked] = [pattern.toLowerCase(), repository.toLowerCase()];
  if (wanted === asked) return 2;
  return wanted.endsWith("/*") && asked.startsWith(wanted.slice(0, -1)) ? 1 : 0;
}

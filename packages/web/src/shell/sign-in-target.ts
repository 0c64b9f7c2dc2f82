/** Whether the sign-in page may lead there: a path of this origin. A browser reads `//host` and `/\host` as another, and takes out tabs. */
export function isOwnPath(path: string): boolean {
  return /^\/(?![/\\])[^\s\\]*$/.test(path) && !path.startsWith("/-/sign-in");
}

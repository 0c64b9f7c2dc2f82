import { spawn } from "node:child_process";

type Environment = Readonly<Record<string, string | undefined>>;

/** The program that opens a URL in the reader's browser; undefined: nobody is there to see one. */
export function browserCommand(
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  if (platform === "darwin") return "open";
  // Over SSH the browser would be another person's, or nobody's.
  const hasDisplay = Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY) && !environment.SSH_CONNECTION;
  return hasDisplay ? "xdg-open" : undefined;
}

/** With no shell between. It goes on when this program has ended. @returns false: there is no such program */
export function openBrowser(program: string, url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, [url], { detached: true, stdio: "ignore" });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Browser } from "playwright-core";
import {
  type SluiceServer,
  type SluiceServerOptions,
  startSluiceServer,
} from "../installation/sluice-server.fixture.ts";
import { launchChromium, newVisit, signIn, type Visit, type VisitOptions, whyNoChromium } from "./browser.fixture.ts";
import { consoleLink } from "./console-link.fixture.ts";

const BUILT_PAGE = resolve(import.meta.dirname, "../../dist/web/index.html");

/** Why the console cannot be looked at here, or null. */
export function whyNoConsole(): string | null {
  if (!existsSync(BUILT_PAGE)) return "the page is not built: npm run build";
  return whyNoChromium();
}

/** A server, and a browser to look at it with. */
export interface Console {
  readonly server: SluiceServer;
  readonly browser: Browser;
  /** @returns the URL of a fresh one-time link */
  link(): Promise<string>;
  /** Somebody who has signed in and sees the overview. */
  visit(options?: VisitOptions): Promise<Visit>;
}

/** `undo` gets what has to be put away, also when the start fails. */
export async function startConsole(undo: AsyncDisposableStack, options: SluiceServerOptions = {}): Promise<Console> {
  const server = await startSluiceServer(options);
  undo.defer(() => server.close());
  const browser = await launchChromium(undo);
  const link = () => consoleLink(server);
  return {
    server,
    browser,
    link,
    async visit(visitOptions) {
      const visit = await newVisit(browser, visitOptions);
      await signIn(visit, { link });
      return visit;
    },
  };
}

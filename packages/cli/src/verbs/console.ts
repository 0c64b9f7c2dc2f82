import type { Command } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { print, printError, printJson } from "../output.ts";
import { connect } from "../place/server-connection.ts";
import { browserCommand, openBrowser } from "../process/browser.ts";

interface ConsoleOptions extends ClientOptions {
  readonly open: boolean;
}

export function define(command: Command): void {
  command.option("--no-open", "print the link and open no browser");
  addJsonOption(addClientOptions(command));
  addExamples(command, "sluice console", "sluice console --no-open");
  command.action(async (options: ConsoleOptions) => {
    using connection = connect(options);
    const { path, expiresAt } = await connection.sluice.call("CreateConsoleLink", {});
    const url = `${new URL(connection.server.endpoints.sluice).origin}${path}`;
    if (options.json) {
      printJson({ url, expiresAt });
      return;
    }
    print(url);
    const browser = options.open ? browserCommand() : undefined;
    const isOpened = browser !== undefined && (await openBrowser(browser, url));
    printError(
      isOpened
        ? "Opened in your browser. The link signs in once, within 60 s."
        : "Open it in a browser: it signs in once, within 60 s.",
    );
  });
}

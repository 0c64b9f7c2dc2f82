import { RawCaller } from "../compat/raw-caller.fixture.ts";
import type { SluiceServer } from "../installation/sluice-server.fixture.ts";

/** @returns the URL of a fresh one-time link, as `sluice console --no-open` prints it */
export async function consoleLink(server: SluiceServer): Promise<string> {
  const call = { target: "Sluice_20261101.CreateConsoleLink", service: "sluice", body: "{}" };
  const { status, text } = await new RawCaller(server).call(call);
  if (status !== 200) throw new Error(`CreateConsoleLink was answered ${status}: ${text}`);
  return server.url() + (JSON.parse(text) as { readonly path: string }).path;
}

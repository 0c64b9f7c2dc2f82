import { startHelper } from "../process/helper-process.ts";
import { OfferRefused } from "./offer-refused.ts";

/** A program of 125 MB is read for the first time. */
const TRY_MILLISECONDS = 60_000;
const MAX_SAID_CHARACTERS = 4_096;

/** Runs `PROGRAM version`: a program that does not even start must not be switched to. @throws OfferRefused */
export async function tryProgram(file: string, version: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const child = startHelper(file, ["version"], { stdio: ["ignore", "pipe", "ignore"] });
  let said = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(0, MAX_SAID_CHARACTERS);
  });
  child.once("error", (error) => resolve(`it does not start: ${error.message}`));
  child.once("close", (code, signal) =>
    resolve(code === 0 ? undefined : `it ended with ${signal ?? `status ${code}`}`),
  );
  const timer = setTimeout(() => {
    child.kill("SIGKILL");
    resolve(`it did not end within ${TRY_MILLISECONDS / 1000} s`);
  }, TRY_MILLISECONDS);
  const problem = await promise;
  clearTimeout(timer);
  if (problem !== undefined) {
    throw new OfferRefused(`the downloaded program was tried (next version), and ${problem}`, version);
  }
  if (!said.split(/\s+/).includes(version)) {
    throw new OfferRefused(`the downloaded program does not say that it is ${version}`, version);
  }
}

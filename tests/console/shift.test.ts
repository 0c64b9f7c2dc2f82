import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FunctionShop } from "../functions/function-shop.fixture.ts";
import { launchChromium, newVisit, signIn, type Visit } from "./browser.fixture.ts";
import { whyNoConsole } from "./console.fixture.ts";
import { consoleLink } from "./console-link.fixture.ts";

const why = whyNoConsole();

describe.skipIf(why !== null)(`traffic that shifts from version to version (${why ?? "in Chromium"})`, () => {
  const undo = new AsyncDisposableStack();
  let shop: FunctionShop;
  let visit: Visit;
  let deploymentId: string;

  beforeAll(async () => {
    shop = await FunctionShop.open(undo);
    const timeBasedCanary = { canaryPercentage: 30, canaryInterval: 60 };
    await shop.createConfig("canary-30", { type: "TimeBasedCanary", timeBasedCanary });
    visit = await newVisit(await launchChromium(undo));
    await signIn(visit, { link: () => consoleLink(shop.server) });
    deploymentId = await shop.deploy({ from: "1", to: "2", config: "canary-30" });
    await visit.page.goto(`${shop.server.url()}/-/deployments/${deploymentId}`);
  });
  afterAll(() => undo.disposeAsync());

  it("draws the weights of a canary, and says the same as a table", async () => {
    const { page } = visit;
    const traffic = page.getByRole("region", { name: "Traffic" });
    await traffic.getByText("30 % of the traffic at the new version").waitFor();
    const plot = traffic.getByRole("img", { name: /it gets 30 % now/ });
    await expect.poll(() => plot.locator("canvas").evaluate(countPixels)).toBeGreaterThan(1000);
    await traffic.getByText("As a table").click();
    const table = traffic.getByRole("table").or(traffic.getByRole("grid"));
    await table.getByText("30 %", { exact: true }).waitFor();
    await table.getByText("100 % by its schedule", { exact: true }).waitFor();
    await visit.check();
  });

  it("pauses, and finishes, each with its reason", async () => {
    const { page } = visit;
    await act("Pause", "Latency is up");
    await page.getByText("Paused for").first().waitFor();
    await page.getByText("100 % next, when it is resumed").waitFor();
    expect(await shop.weights()).toEqual({ 1: expect.closeTo(0.7), 2: expect.closeTo(0.3) });

    await act("Resume", "It was the database");
    await page.getByText("Paused for").waitFor({ state: "detached" });
    await act("Finish now", "All is well");
    await page.getByRole("main").getByText("Succeeded", { exact: true }).first().waitFor();
    await page.getByText("100 % of the traffic at the new version").waitFor();
    expect(await shop.weights()).toEqual({ 2: 1 });
    const reasons = page.getByRole("region", { name: "Reasons" });
    for (const reason of ["Latency is up", "It was the database", "All is well"])
      await reasons.getByText(`“${reason}”`).waitFor();
    await visit.check();
  });

  async function act(action: string, reason: string): Promise<void> {
    const { page } = visit;
    await page.getByRole("button", { name: action, exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Reason" }).fill(reason);
    await dialog.getByRole("button", { name: action, exact: true }).click();
    await dialog.waitFor({ state: "detached" });
  }
});

/** Of a canvas that are drawn. */
function countPixels(element: unknown): number {
  const canvas = element as Canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let drawn = 0;
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 0) drawn += 1;
  return drawn;
}

interface Canvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: "2d"): {
    getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
  };
}

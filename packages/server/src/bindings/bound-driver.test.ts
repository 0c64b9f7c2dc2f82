import { prometheusAlarmReader } from "@sluice/drivers/prometheus/prometheus-alarm-reader.ts";
import { expect, it } from "vitest";
import { ConfigError } from "../config/sluice-yml.ts";
import { bindable, bindDrivers } from "./bound-driver.ts";

const prometheus = bindable(prometheusAlarmReader, {});
const binding = (match: string, settings: object, port = "alarm-reader", driver = "prometheus") => ({
  match,
  port,
  driver,
  settings,
});

it("shares a driver among bindings of the same settings, and keeps their order", () => {
  const url = "http://127.0.0.1:9090";
  const bound = bindDrivers(
    "alarm-reader",
    [
      binding("a", { url }),
      binding("b", { url: "http://127.0.0.2:9090" }),
      binding("c", {}, "fleet"),
      binding("d", { url }),
    ],
    [prometheus],
  );
  expect(bound.map(({ binding: { match } }) => match)).toEqual(["a", "b", "d"]);
  expect(bound[0]?.instance).toBe(bound[2]?.instance);
  expect(bound[0]?.instance).not.toBe(bound[1]?.instance);
});

it("names the binding whose settings contradict each other", () => {
  const wrong = binding("High*", { url: "http://127.0.0.1:9090", bearerToken: "t", username: "u" });
  const bindWrong = () => bindDrivers("alarm-reader", [wrong], [prometheus]);
  expect(bindWrong).toThrow(ConfigError);
  expect(bindWrong).toThrow(
    'the binding of "High*" to the alarm-reader (driver prometheus): settings.username is given with bearerToken',
  );
});

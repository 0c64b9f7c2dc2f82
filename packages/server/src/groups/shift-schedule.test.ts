import { PREDEFINED_DEPLOYMENT_CONFIGS } from "@sluice/model/predefined-deployment-configs.ts";
import { expect, it } from "vitest";
import { scheduleFor } from "./shift-schedule.ts";

const MINUTE = 60_000;

it.each(["ECS", "Lambda"] as const)(
  "every predefined configuration of %s says how fast, and no other does",
  (platform) => {
    for (const config of PREDEFINED_DEPLOYMENT_CONFIGS) {
      const { deploymentConfigName: name, computePlatform } = config;
      if (computePlatform !== platform) {
        const message = expect.stringContaining(
          `choose one for ${platform}, such as CodeDeployDefault.${platform}AllAtOnce`,
        );
        const fault = expect.objectContaining({ code: "InvalidDeploymentConfigNameException", message });
        expect(() => scheduleFor(platform, config)).toThrow(fault);
        continue;
      }
      const [, percent, minutes] = /(?:Canary|Linear)(\d+)Percent(?:Every)?(\d+)Minutes?$/.exec(name) ?? [];
      if (percent === undefined) expect(scheduleFor(platform, config)).toEqual({ type: "all-at-once" });
      else {
        const type = name.includes("Canary") ? "canary" : "linear";
        const schedule = { type, percent: Number(percent), intervalMilliseconds: Number(minutes) * MINUTE };
        expect(scheduleFor(platform, config)).toEqual(schedule);
      }
    }
  },
);

import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";
import { describe, expect, it } from "vitest";
import { forwardOfPair, type Percents, percentsOf, splitActions, wholeActions } from "./forward-action.ts";

const PAIR = ["blue", "green"] as const;
const TO_GREEN: Percents = [90, 10];
const STICKY = { Enabled: true, DurationSeconds: 60 };

function forward(groups: Readonly<Record<string, number>>, more: object = {}): Action {
  const TargetGroups = Object.entries(groups).map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight }));
  return { Type: "forward", ForwardConfig: { TargetGroups, ...more } };
}

describe("the percents of an action", () => {
  it.each<[string, Action, readonly number[] | undefined]>([
    ["a single group", { Type: "forward", TargetGroupArn: "green" }, [0, 100]],
    ["one group by weights", forward({ blue: 1 }), [100, 0]],
    ["two groups", forward({ blue: 3, green: 1 }), [75, 25]],
    ["other groups beside", forward({ blue: 1, other: 98, green: 1 }), [50, 50]],
    ["two groups without a weight", forward({ blue: 0, green: 0 }), undefined],
  ])("are those of the pair alone: %s", (_name, action, percents) => {
    expect(percentsOf(action, PAIR)).toEqual(percents);
  });

  it("are of no action that forwards elsewhere", () => {
    expect(forwardOfPair([{ Type: "fixed-response" }, forward({ other: 1 })], PAIR)).toBeUndefined();
  });
});

describe("a split", () => {
  it("names both groups, keeps stickiness, order, and actions in front, and shows no secret", () => {
    const oidc: Action = {
      Type: "authenticate-oidc",
      Order: 1,
      AuthenticateOidcConfig: { Issuer: "https://id" } as never,
    };
    const single: Action = { Type: "forward", Order: 2, TargetGroupArn: "blue" };
    expect(splitActions([oidc, single], PAIR, TO_GREEN)).toEqual({
      actions: [
        { ...oidc, AuthenticateOidcConfig: { Issuer: "https://id", UseExistingClientSecret: true } },
        {
          Type: "forward",
          Order: 2,
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: "blue", Weight: 90 },
              { TargetGroupArn: "green", Weight: 10 },
            ],
          },
        },
      ],
    });
    const sticky = splitActions(
      [forward({ blue: 100, green: 0 }, { TargetGroupStickinessConfig: STICKY })],
      PAIR,
      [0, 100],
    );
    expect(sticky).toMatchObject({ actions: [{ ForwardConfig: { TargetGroupStickinessConfig: STICKY } }] });
  });

  it("leaves groups that are not of the pair their share", () => {
    const weights = (split: ReturnType<typeof splitActions>) =>
      "actions" in split ? split.actions[0]?.ForwardConfig?.TargetGroups?.map(({ Weight }) => Weight) : split.problem;
    expect(weights(splitActions([forward({ blue: 100, other: 7 })], PAIR, TO_GREEN))).toEqual([90, 10, 7]);
    // One in eight stays one in eight.
    expect(weights(splitActions([forward({ blue: 7, other: 1 })], PAIR, TO_GREEN))).toMatch(/other.*100 first/);
    expect(weights(splitActions([forward({ blue: 4, other: 1 })], PAIR, TO_GREEN))).toEqual([90, 10, 25]);
    expect(weights(splitActions([forward({ blue: 1, other: 10 })], PAIR, TO_GREEN))).toMatch(/other/);
  });

  it("of a network listener is one group and no other", () => {
    expect(wholeActions([{ Type: "forward", TargetGroupArn: "blue" }], PAIR, [0, 100])).toEqual([
      { Type: "forward", TargetGroupArn: "green" },
    ]);
  });
});

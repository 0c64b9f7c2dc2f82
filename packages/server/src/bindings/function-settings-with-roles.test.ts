import { expect, it } from "vitest";
import { parseSluiceYml } from "../config/sluice-yml.ts";
import { BINDABLE_DRIVERS } from "./bindable-drivers.ts";

function read(roles: string) {
  const binding = '{ match: "*", port: function-alias, driver: functions, settings: { roles: ROLES } }';
  return parseSluiceYml(`bindings:\n  - ${binding.replace("ROLES", roles)}\n`, "sluice.yml", BINDABLE_DRIVERS);
}

it("takes the actions that a function may have", () => {
  const { bindings } = read(
    "{ hooks: [codedeploy:GetDeployment, s3:GetObject], arn:aws:iam::111122223333:role/x: [] }",
  );
  expect(bindings[0]?.settings).toEqual({
    roles: { hooks: ["codedeploy:GetDeployment", "s3:GetObject"], "arn:aws:iam::111122223333:role/x": [] },
  });
});

it.each([
  [
    "{ hooks: [s3:GetObject, codedeploy:getDeployment] }",
    'sluice.yml, line 2: bindings[0].settings.roles.hooks[1] is "codedeploy:getDeployment": there is no such action: write codedeploy:GetDeployment',
  ],
  [
    "{ hooks: [sluice:TakeBackup] }",
    'sluice.yml, line 2: bindings[0].settings.roles.hooks[0] is "sluice:TakeBackup": it is for administrators, hosts or the server itself: leave it out',
  ],
  [
    "{ hooks: [codedeploy-commands:PollHostCommand] }",
    'sluice.yml, line 2: bindings[0].settings.roles.hooks[0] is "codedeploy-commands:PollHostCommand": it is for hosts alone: leave it out',
  ],
])("refuses %s, and says where and why", (roles, message) => {
  expect(() => read(roles)).toThrow(message);
});

import {
  CreateTagsCommand,
  DescribeInstancesCommand,
  EC2Client,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { awsClientConfig } from "@sluice/drivers/aws/aws-client-settings.ts";
import { type Ec2Fleet, ec2Fleet } from "@sluice/drivers/ec2/ec2-fleet.ts";
import type { FleetSelection } from "@sluice/engine/ports/fleet.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type MotoServer, startMoto, whyNoMoto } from "./moto-server.fixture.ts";

const whyNot = whyNoMoto();
const never = new AbortController().signal;
const prod = { Key: "Environment", Value: "prod" };
const web = { Key: "Role", Value: "web" };

describe("the fleet driver ec2, against moto", () => {
  let moto: MotoServer;
  let ec2: EC2Client;
  let fleet: Ec2Fleet;
  const ids: Record<string, string> = {};

  beforeEach((context) => context.skip(whyNot !== null, whyNot ?? ""));

  beforeAll(async () => {
    if (whyNot !== null) return;
    moto = await startMoto();
    ec2 = new EC2Client(awsClientConfig(moto.settings, "ec2"));
    fleet = ec2Fleet.create(moto.settings, {});
    await run("prod", prod);
    await run("prod-web", prod, web);
    await run("web", web);
    await run("staging", { Key: "Environment", Value: "staging" });
    await run("odd", { Key: "team*\\?", Value: "a" });
    await run("stopped", prod);
    await run("terminated", prod);
    await ec2.send(new StopInstancesCommand({ InstanceIds: [ids.stopped!] }));
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [ids.terminated!] }));
  });

  afterAll(async () => {
    ec2?.destroy();
    await moto?.stop();
  });

  async function run(name: string, ...tags: { Key: string; Value: string }[]): Promise<void> {
    const { Instances } = await ec2.send(new RunInstancesCommand({ ImageId: "ami-1", MinCount: 1, MaxCount: 1 }));
    ids[name] = Instances![0]!.InstanceId!;
    await ec2.send(new CreateTagsCommand({ Resources: [ids[name]], Tags: [...tags, { Key: "Name", Value: name }] }));
  }

  const names = async (selection: FleetSelection) =>
    (await fleet.resolveTargets(selection, never)).map(({ hostName }) => hostName).sort();

  it("finds instances by tag; a stopped one is a target, a terminated one is none", async () => {
    expect(await names({ ec2TagFilters: [prod] })).toEqual(["prod", "prod-web", "stopped"]);
    expect(await names({ ec2TagFilters: [prod, web] })).toEqual(["prod", "prod-web", "stopped", "web"]);
  });

  it("narrows by tag sets", async () => {
    expect(await names({ ec2TagSet: { ec2TagSetList: [[prod], [web]] } })).toEqual(["prod-web"]);
  });

  it("finds by a key alone, by a value alone, and by a key with the signs that EC2 takes for patterns", async () => {
    const environment = { Key: "Environment", Type: "KEY_ONLY" };
    expect(await names({ ec2TagFilters: [environment] })).toEqual(["prod", "prod-web", "staging", "stopped"]);
    expect(await names({ ec2TagFilters: [{ Value: "web", Type: "VALUE_ONLY" }] })).toEqual(["prod-web", "web"]);
    expect(await names({ ec2TagFilters: [{ Key: "team*\\?" }] })).toEqual(["odd"]);
    expect(await names({ ec2TagFilters: [{ Key: "Environ*" }] })).toEqual([]);
  });

  it("gives id, name, tags and zone, in the order of the ids", async () => {
    const found = await fleet.resolveTargets({ ec2TagFilters: [prod, web] }, never);
    expect(found.map(({ hostId }) => hostId)).toEqual(found.map(({ hostId }) => hostId).sort());
    const host = found.find(({ hostName }) => hostName === "prod-web");
    expect(host).toMatchObject({ hostId: ids["prod-web"], kind: "instance" });
    expect(host?.zone).toMatch(/^eu-central-1[a-z]$/);
    expect(host?.tags).toEqual(expect.arrayContaining([prod, web, { Key: "Name", Value: "prod-web" }]));
  });

  it("means no instance by on-premises filters or by an empty selection", async () => {
    expect(await names({ onPremisesInstanceTagFilters: [prod] })).toEqual([]);
    expect(await names({})).toEqual([]);
    expect(await names({ ec2TagFilters: [], ec2TagSet: { ec2TagSetList: [[]] } })).toEqual([]);
  });

  it("does not begin when it was told to stop", async () => {
    await expect(fleet.resolveTargets({ ec2TagFilters: [prod] }, AbortSignal.abort())).rejects.toThrow(/abort/i);
  });

  describe("terminates", () => {
    const stateOf = async (id: string) => {
      const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
      return Reservations?.[0]?.Instances?.[0]?.State?.Name;
    };

    it("instances, whether they run or are stopped, and may be asked again", async () => {
      await run("old-1");
      await run("old-2");
      await ec2.send(new StopInstancesCommand({ InstanceIds: [ids["old-2"]!] }));
      const asked = [ids["old-1"]!, ids["old-2"]!];
      const report = { terminated: asked, kept: [], unanswered: [], unknown: [] };
      expect(await fleet.terminate(asked, never)).toEqual(report);
      expect(await Promise.all(asked.map(stateOf))).toEqual(["terminated", "terminated"]);
      expect(await fleet.terminate(asked, never)).toEqual(report);
    });

    it("all but those that are protected or unknown, which are kept with the reason", async () => {
      await run("mortal");
      await run("protected");
      await ec2.send(
        new ModifyInstanceAttributeCommand({ InstanceId: ids.protected!, DisableApiTermination: { Value: true } }),
      );
      const stranger = "i-0123456789abcdef0";
      const asked = [ids.mortal!, stranger, ids.protected!];
      expect(await fleet.terminate(asked, never)).toEqual({
        terminated: [ids.mortal],
        kept: [
          { hostId: stranger, reason: `EC2 has no instance ${stranger} in eu-central-1` },
          { hostId: ids.protected, reason: expect.stringMatching(/OperationNotPermitted.*disableApiTermination/) },
        ],
        unanswered: [],
        unknown: [stranger],
      });
      expect([await stateOf(ids.mortal!), await stateOf(ids.protected!)]).toEqual(["terminated", "running"]);
    });

    it("nothing when it was told to stop, or when nothing is asked for", async () => {
      await run("spared");
      await expect(fleet.terminate([ids.spared!], AbortSignal.abort())).rejects.toThrow(/abort/i);
      expect(await fleet.terminate([], never)).toEqual({ terminated: [], kept: [], unanswered: [], unknown: [] });
      expect(await stateOf(ids.spared!)).toBe("running");
    });
  });
});

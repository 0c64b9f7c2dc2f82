import type { Page } from "playwright-core";
import type { SeenStage } from "./known-stage.fixture.ts";
import { FLEETS } from "./stage-fleets.fixture.ts";

/** A page of the console as somebody would find it. */
export interface ShownPage {
  /** Also of the file: `overview-1440-light.png`. */
  readonly name: string;
  readonly path: string;
  /** Signed out. */
  readonly isOutside?: boolean;
  /** What is done there before one looks. */
  readonly act?: (page: Page) => Promise<void>;
}

/** Of a user that the stage has. */
const EXPLAINED = new URLSearchParams({
  tab: "explain",
  who: "user:ada",
  action: "codedeploy:CreateDeployment",
  resource: "arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:search/api",
});

/** Every page of the console, those of deployments in each of the states that the stage has. */
export async function shownPages({ deployments, codeDeploy, sluice }: SeenStage): Promise<readonly ShownPage[]> {
  const { succeeded, failed, rolledBack, rollback, stopped, slow, ready, canary } = deployments;
  const targets = await codeDeploy.call("ListDeploymentTargets", {
    deploymentId: failed,
    targetFilters: { TargetStatus: ["Failed"] },
  });
  const failedTarget = targets.targetIds?.[0] ?? "";
  const { hosts } = await sluice.call("ListHosts", {});
  const host = (name: string) => hosts.find(({ hostName }) => hostName === name)?.hostId ?? name;
  const application = "/-/applications/checkout";
  const group = `${application}/groups/production`;
  const deployment = (id: string, search = "") => `/-/deployments/${id}${search}`;
  const plain: Readonly<Record<string, string>> = {
    overview: "/",
    applications: "/-/applications",
    application,
    group,
    "group-function": "/-/applications/pricing/groups/live",
    "create-group": `${application}/create-group`,
    "edit-group": `${group}/edit`,
    deploy: `${group}/deploy`,
    revisions: `${application}/revisions`,
    configs: "/-/configs",
    config: "/-/configs/checkout-fifth-at-a-time",
    "config-function": "/-/configs/pricing-quarter-then-all",
    hosts: "/-/hosts",
    host: `/-/hosts/${host("checkout-web-a-01")}`,
    "host-dark": `/-/hosts/${host(FLEETS.dark[0])}`,
    history: "/-/history",
    "history-filtered": "/-/history?application=checkout&status=Failed",
    "history-empty": "/-/history?text=nothing-is-called-this",
    "deployment-succeeded": deployment(succeeded),
    "deployment-failed": deployment(failed),
    "deployment-failed-failures": deployment(failed, "?tab=failures"),
    "deployment-failed-logs": deployment(failed, `?tab=logs&target=${failedTarget}`),
    "deployment-failed-timeline": deployment(failed, "?tab=timeline"),
    "deployment-failed-settings": deployment(failed, "?tab=settings"),
    "deployment-rolled-back": deployment(rolledBack),
    "deployment-rollback": deployment(rollback),
    "deployment-stopped": deployment(stopped),
    "deployment-slow": deployment(slow),
    "deployment-slow-logs": deployment(slow, "?tab=logs"),
    ...(ready === undefined ? {} : { "deployment-ready": deployment(ready) }),
    "deployment-canary": deployment(canary),
    "deployment-canary-traffic": deployment(canary, "?tab=traffic"),
    compare: `/-/compare?from=${succeeded}&to=${failed}`,
    "compare-nothing": "/-/compare",
    access: "/-/access",
    "access-identities": "/-/access?tab=identities",
    "access-policies": "/-/access?tab=policies",
    "access-explain": `/-/access?${EXPLAINED}`,
    policy: "/-/access/policies/DeployCheckout",
    "edit-policy": "/-/access/policies/DeployCheckout/edit",
    audit: "/-/audit",
    design: "/-/design",
    "not-found": "/-/nothing-is-here",
    "deployment-unknown": deployment("d-XXXXXXXXX"),
  };
  return [
    { name: "sign-in", path: "/-/sign-in", isOutside: true },
    ...Object.entries(plain).map(([name, path]) => ({ name, path })),
    { name: "palette", path: "/", act: openPalette },
  ];
}

async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox").first().fill("checkout");
}

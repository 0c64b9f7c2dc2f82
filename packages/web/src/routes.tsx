import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { accessSearch, policySearch } from "./pages/access/access-search.ts";
import { applicationsSearch } from "./pages/applications/applications-search.ts";
import { auditSearch } from "./pages/audit/audit-search.ts";
import { compareSearch } from "./pages/compare/compare-search.ts";
import { configsSearch } from "./pages/configs/configs-search.ts";
import { deploySearch } from "./pages/deploy/deploy-search.ts";
import { deploymentSearch } from "./pages/deployment/deployment-search.ts";
import { historySearch } from "./pages/history/history-search.ts";
import { hostsSearch } from "./pages/hosts/hosts-search.ts";
import { overviewSearch } from "./pages/overview/overview-search.ts";
import { revisionsSearch } from "./pages/revisions/revisions-search.ts";
import { Layout } from "./shell/layout.tsx";
import { NotFoundPage } from "./shell/not-found-page.tsx";
import { Root } from "./shell/root.tsx";
import { RouteError } from "./shell/route-error.tsx";
import { RoutePending } from "./shell/route-pending.tsx";
import { SignInPage, signInSearch } from "./shell/sign-in-page.tsx";
import { parseSearch, stringifySearch } from "./shell/url-search.ts";

/** Every page of the console: its path, what its search parameters may be, and the file that is loaded when it is first opened. */
const root = createRootRoute({ component: Root, notFoundComponent: NotFoundPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/-/sign-in",
  component: SignInPage,
  validateSearch: signInSearch,
});

/** Pages that want a session: navigation beside them. */
const inside = createRoute({ getParentRoute: () => root, id: "inside", component: Layout });

const overview = createRoute({
  getParentRoute: () => inside,
  path: "/",
  validateSearch: overviewSearch,
  component: lazyRouteComponent(() => import("./pages/overview/overview-page.tsx"), "OverviewPage"),
});
const applications = createRoute({
  getParentRoute: () => inside,
  path: "/-/applications",
  validateSearch: applicationsSearch,
  component: lazyRouteComponent(() => import("./pages/applications/applications-page.tsx"), "ApplicationsPage"),
});
const application = createRoute({
  getParentRoute: () => inside,
  path: "/-/applications/$application",
  component: lazyRouteComponent(() => import("./pages/application/application-page.tsx"), "ApplicationPage"),
});
const createGroup = createRoute({
  getParentRoute: () => inside,
  path: "/-/applications/$application/create-group",
  component: lazyRouteComponent(() => import("./pages/group-form/group-form-page.tsx"), "CreateGroupPage"),
});
const revisions = createRoute({
  getParentRoute: () => inside,
  path: "/-/applications/$application/revisions",
  validateSearch: revisionsSearch,
  component: lazyRouteComponent(() => import("./pages/revisions/revisions-page.tsx"), "RevisionsPage"),
});
const group = createRoute({
  getParentRoute: () => inside,
  path: "/-/applications/$application/groups/$group",
  component: lazyRouteComponent(() => import("./pages/group/group-page.tsx"), "GroupPage"),
});
const editGroup = createRoute({
  getParentRoute: () => inside,
  path: "/-/applications/$application/groups/$group/edit",
  component: lazyRouteComponent(() => import("./pages/group-form/group-form-page.tsx"), "EditGroupPage"),
});
const deploy = createRoute({
  getParentRoute: () => inside,
  path: "/-/applications/$application/groups/$group/deploy",
  validateSearch: deploySearch,
  component: lazyRouteComponent(() => import("./pages/deploy/deploy-page.tsx"), "DeployPage"),
});
const configs = createRoute({
  getParentRoute: () => inside,
  path: "/-/configs",
  validateSearch: configsSearch,
  component: lazyRouteComponent(() => import("./pages/configs/configs-page.tsx"), "ConfigsPage"),
});
const config = createRoute({
  getParentRoute: () => inside,
  path: "/-/configs/$config",
  component: lazyRouteComponent(() => import("./pages/config/config-page.tsx"), "ConfigPage"),
});
const hosts = createRoute({
  getParentRoute: () => inside,
  path: "/-/hosts",
  validateSearch: hostsSearch,
  component: lazyRouteComponent(() => import("./pages/hosts/hosts-page.tsx"), "HostsPage"),
});
const host = createRoute({
  getParentRoute: () => inside,
  path: "/-/hosts/$host",
  component: lazyRouteComponent(() => import("./pages/host/host-page.tsx"), "HostPage"),
});
const history = createRoute({
  getParentRoute: () => inside,
  path: "/-/history",
  validateSearch: historySearch,
  component: lazyRouteComponent(() => import("./pages/history/history-page.tsx"), "HistoryPage"),
});
const deployment = createRoute({
  getParentRoute: () => inside,
  path: "/-/deployments/$deployment",
  validateSearch: deploymentSearch,
  component: lazyRouteComponent(() => import("./pages/deployment/deployment-page.tsx"), "DeploymentPage"),
});
const compare = createRoute({
  getParentRoute: () => inside,
  path: "/-/compare",
  validateSearch: compareSearch,
  component: lazyRouteComponent(() => import("./pages/compare/compare-page.tsx"), "ComparePage"),
});
const access = createRoute({
  getParentRoute: () => inside,
  path: "/-/access",
  validateSearch: accessSearch,
  component: lazyRouteComponent(() => import("./pages/access/access-page.tsx"), "AccessPage"),
});
const createPolicy = createRoute({
  getParentRoute: () => inside,
  path: "/-/access/create-policy",
  component: lazyRouteComponent(() => import("./pages/access/policies/policy-form-page.tsx"), "CreatePolicyPage"),
});
const policy = createRoute({
  getParentRoute: () => inside,
  path: "/-/access/policies/$policy",
  validateSearch: policySearch,
  component: lazyRouteComponent(() => import("./pages/access/policies/policy-page.tsx"), "PolicyPage"),
});
const editPolicy = createRoute({
  getParentRoute: () => inside,
  path: "/-/access/policies/$policy/edit",
  component: lazyRouteComponent(() => import("./pages/access/policies/policy-form-page.tsx"), "EditPolicyPage"),
});
/** Where the keys were before there were users and policies: links to it stay good. */
const keys = createRoute({
  getParentRoute: () => inside,
  path: "/-/keys",
  beforeLoad: () => {
    throw redirect({ to: "/-/access" });
  },
});
const audit = createRoute({
  getParentRoute: () => inside,
  path: "/-/audit",
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import("./pages/audit/audit-page.tsx"), "AuditPage"),
});
const design = createRoute({
  getParentRoute: () => inside,
  path: "/-/design",
  component: lazyRouteComponent(() => import("./pages/design/design-page.tsx"), "DesignPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    inside.addChildren([
      overview,
      applications,
      application,
      createGroup,
      revisions,
      group,
      editGroup,
      deploy,
      configs,
      config,
      hosts,
      host,
      history,
      deployment,
      compare,
      access,
      createPolicy,
      policy,
      editPolicy,
      keys,
      audit,
      design,
    ]),
  ]),
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  defaultErrorComponent: RouteError,
  defaultPendingComponent: RoutePending,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

import type { AnyRouter } from "@tanstack/react-router";
import { chooseTheme } from "../../design/theme.ts";
import type { Access } from "../access.tsx";
import type { Command } from "../commands.ts";

/** How commands go to a page. */
export type Go = AnyRouter["navigate"];

/** The pages of the navigation. */
export function placeCommands(go: Go): readonly Command[] {
  const section = "Go to";
  return [
    { id: "go-overview", title: "Overview", icon: "grid", section, run: () => void go({ to: "/" }) },
    {
      id: "go-applications",
      title: "Applications",
      icon: "layers",
      section,
      run: () => void go({ to: "/-/applications" }),
    },
    { id: "go-hosts", title: "Hosts", icon: "server", section, run: () => void go({ to: "/-/hosts" }) },
    {
      id: "go-dark-hosts",
      title: "Dark hosts",
      icon: "server",
      section,
      run: () => void go({ to: "/-/hosts", search: { state: ["dark"] } }),
    },
    {
      id: "go-history",
      title: "History",
      icon: "history",
      section,
      keywords: ["deployments"],
      run: () => void go({ to: "/-/history" }),
    },
    {
      id: "go-failed",
      title: "Failed deployments",
      icon: "error",
      section,
      run: () => void go({ to: "/-/history", search: { status: ["Failed"] } }),
    },
    { id: "go-configs", title: "Configurations", icon: "sliders", section, run: () => void go({ to: "/-/configs" }) },
    { id: "go-keys", title: "Access keys", icon: "key", section, run: () => void go({ to: "/-/access" }) },
    {
      id: "go-policies",
      title: "Policies",
      icon: "lock",
      section,
      keywords: ["iam", "access"],
      run: () => void go({ to: "/-/access", search: { tab: "policies" } }),
    },
    {
      id: "go-explain",
      title: "Explain access",
      icon: "search",
      section,
      keywords: ["policy", "simulate", "allowed", "denied"],
      run: () => void go({ to: "/-/access", search: { tab: "explain" } }),
    },
    { id: "go-audit", title: "Audit", icon: "list", section, run: () => void go({ to: "/-/audit" }) },
    {
      id: "go-tokens",
      title: "Enrolment tokens",
      icon: "key",
      section,
      run: () => void go({ to: "/-/hosts", search: { view: "tokens" } }),
    },
  ];
}

/** What can be made or changed from everywhere; those that the key may not do say why. */
export function actionCommands(go: Go, { refusal }: Access, leave: () => void): readonly Command[] {
  const section = "Actions";
  return [
    {
      id: "create-application",
      title: "Create application",
      icon: "plus",
      section,
      keywords: ["new"],
      unavailable: refusal("codedeploy:CreateApplication"),
      run: () => void go({ to: "/-/applications" }),
    },
    {
      id: "join-host",
      title: "Join a host",
      icon: "plus",
      section,
      keywords: ["enrol", "enroll", "token", "new", "add"],
      unavailable: refusal("sluice:CreateEnrolmentToken"),
      run: () => void go({ to: "/-/hosts", search: { dialog: "join" } }),
    },
    {
      id: "declare-host",
      title: "Declare a host",
      icon: "server",
      section,
      keywords: ["new", "add"],
      unavailable: refusal("sluice:DeclareHost"),
      run: () => void go({ to: "/-/hosts", search: { dialog: "declare" } }),
    },
    {
      id: "create-key",
      title: "Create access key",
      icon: "key",
      section,
      keywords: ["new"],
      unavailable: refusal("sluice:CreateAccessKey"),
      run: () => void go({ to: "/-/access", search: { dialog: "create" } }),
    },
    {
      id: "theme-light",
      title: "Light theme",
      icon: "sun",
      section,
      keywords: ["appearance"],
      run: () => chooseTheme("light"),
    },
    {
      id: "theme-dark",
      title: "Dark theme",
      icon: "moon",
      section,
      keywords: ["appearance"],
      run: () => chooseTheme("dark"),
    },
    {
      id: "theme-system",
      title: "Theme of the system",
      icon: "system",
      section,
      keywords: ["appearance"],
      run: () => chooseTheme("system"),
    },
    { id: "sign-out", title: "Sign out", icon: "sign-out", section, run: leave },
  ];
}

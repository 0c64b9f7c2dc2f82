/** The services whose operations are tried, by short names. */
export type ServiceName = "codedeploy" | "command" | "sluice" | "ecs" | "elbv2" | "lambda" | "sts";

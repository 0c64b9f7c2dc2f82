import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { zipOf } from "@sluice/drivers/function-processes/zipped-code.fixture.ts";

/** Where the server of functions that Terraform creates has them: on this machine. */
export const FUNCTIONS_BOUND =
  'bindings:\n  - { match: "*", port: function-alias, driver: functions, settings: { isolation: none } }\n';

/** By step: the function is created, gets new code, and gets another configuration without a variable. */
const STEPS = [
  { code: "one", environment: 'environment { \n variables = { STAGE = "prod" } \n }', weights: "" },
  {
    code: "two",
    environment: 'environment { \n variables = { STAGE = "test" } \n }',
    weights: 'routing_config { \n additional_version_weights = { "1" = 0.25 } \n }',
  },
  { code: "two", environment: "memory_size = 256", weights: "" },
] as const;

/**
 * A function that publishes a version at each change, an alias that follows it, one that CodeDeploy moves, and a load balancer that may
 * invoke. Its code is written into `folder`: the provider has a working directory of its own, so that its path is absolute.
 */
export function functionResources(step: number, folder: string): string {
  const { code, environment, weights } = STEPS[step]!;
  const zip = join(folder, `${code}.zip`);
  writeFileSync(zip, zipOf({ "index.js": `exports.handler = async () => "${code}";` }));
  return `
resource "aws_lambda_function" "pay" {
  function_name    = "pay"
  role             = "arn:aws:iam::111122223333:role/pay"
  runtime          = "nodejs22.x"
  handler          = "index.handler"
  filename         = "${zip}"
  source_code_hash = filebase64sha256("${zip}")
  publish          = true
  tags             = { step = "${step}" }
  ${environment}
}
resource "aws_lambda_alias" "follows" {
  name             = "follows"
  function_name    = aws_lambda_function.pay.function_name
  function_version = aws_lambda_function.pay.version
  ${weights}
}
resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.pay.function_name
  function_version = "1"
  lifecycle {
    ignore_changes = [function_version, routing_config]
  }
}
resource "aws_lambda_permission" "balancer" {
  statement_id  = "balancer"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.pay.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = "elasticloadbalancing.amazonaws.com"
  source_arn    = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/pay/0123456789abcdef"
}
`;
}

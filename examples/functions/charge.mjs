// A function that says which of its versions answers, to `aws lambda invoke` and behind a load balancer alike.
// Environment: TROUBLE for demonstrations: "errs".
const { TROUBLE: trouble = "" } = process.env;

export async function handler(event, context) {
  const version = context.functionVersion;
  console.log(`version ${version} is asked for ${event.path ?? "an answer"}`);
  if (trouble === "errs") throw new Error(`version ${version} has no rates`);
  return {
    statusCode: 200,
    headers: { "content-type": "application/json" },
    body: `${JSON.stringify({ version, runtime: "nodejs" })}\n`,
  };
}

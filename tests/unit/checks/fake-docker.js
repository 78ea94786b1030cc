// Stands in for the Docker client: answers as the scenario of its test says, and keeps a record of its calls.
const { appendFileSync, mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const { dirname, join } = require("node:path");

const folder = process.env.FAKE_DOCKER;
const calls = join(folder, "calls.jsonl");
const call = process.argv.slice(2).join(" ");
const keys = {
  connect: ({ host, port }) => `${host}:${port}`,
  get: ({ url }) => url,
  counted: ({ url }) => url,
  resolve: ({ host }) => host,
};

const { rules } = JSON.parse(readFileSync(join(folder, "scenario.json"), "utf8"));
// A rule may be one engine's only: `version@ssh://one.test`.
const rule = rules.find(({ when }) => {
  const [beginning, host = process.env.DOCKER_HOST] = when.split("@");
  return call.startsWith(beginning) && host === process.env.DOCKER_HOST;
});
const before = readFileSync(calls, "utf8")
  .split("\n")
  .filter((line) => line !== "" && JSON.parse(line).when === rule?.when);
appendFileSync(calls, `${JSON.stringify({ when: rule?.when, call, host: process.env.DOCKER_HOST })}\n`);

const reply = rule?.replies[Math.min(before.length, rule.replies.length - 1)] ?? {
  stderr: `Error: No such container: ${process.argv[4]}`,
  status: 1,
};
const input = readFileSync(0, "utf8");
if (reply.outcomes !== undefined) {
  for (const probe of JSON.parse(input)) {
    const key = keys[probe.kind]?.(probe) ?? String(probe.port);
    const result = { id: probe.id, ms: 1, detail: `seen: ${key}`, ...reply.outcomes[key] };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
}
// What `docker cp` brings to its last argument: files by their path below it, and folders, whose path ends with a slash.
for (const [path, content] of Object.entries(reply.files ?? {})) {
  const file = join(process.argv.at(-1), path);
  mkdirSync(path.endsWith("/") ? file : dirname(file), { recursive: true });
  if (!path.endsWith("/")) {
    writeFileSync(file, content);
  }
}
process.stdout.write(reply.stdout ?? "");
process.stderr.write(reply.stderr ?? "");
setTimeout(() => process.exit(reply.status ?? 0), reply.sleep ?? 0);

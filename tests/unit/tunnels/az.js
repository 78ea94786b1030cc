#!/usr/bin/env node
// Stands in for Azure's command line: answers each connection with the machine's id, one connection after the other.
const { appendFileSync, existsSync } = require("node:fs");
const { createServer } = require("node:net");
const { parseArgs } = require("node:util");

const named = ["subscription", "resource-group", "name", "target-resource-id", "resource-port", "port"];
const options = Object.fromEntries(named.map((name) => [name, { type: "string" }]));
const { positionals, values } = parseArgs({ allowPositionals: true, options });
const { AZ_FOLDER: folder } = process.env;
appendFileSync(`${folder}/calls`, `${JSON.stringify({ pid: process.pid, positionals, ...values })}\n`);
if (existsSync(`${folder}/fails`)) {
  process.stderr.write("Traceback\nERROR: Please run 'az login' to setup account.\n");
  process.exit(1);
}
const waiting = [];
let busy = false;
const next = () => {
  const client = waiting.shift();
  if (client === undefined || busy) {
    return;
  }
  busy = true;
  client.write(`${values["target-resource-id"].split("/").at(-1)}\n`);
  client.on("data", (data) => client.write(data));
  client.on("close", () => {
    busy = false;
    next();
  });
};
createServer((client) => {
  client.on("error", () => undefined);
  waiting.push(client);
  next();
}).listen(Number(values.port), "127.0.0.1");

import { GATEWAY_BRIDGE } from "../../components/cluster/data";
import type { Command } from "../command";
import { tearDown, type LeftHost } from "../teardown";
import { prepare, takeOverOption } from "../update";

export const command: Command = {
  summary: "Take an environment down, and ask the engines what is left of it",
  options: {
    ...takeOverOption,
    forget: { type: "string", multiple: true, default: [] },
    yes: { type: "boolean", default: false },
  },
  examples: [
    ["npm run destroy", "take down local; asks first on a terminal"],
    ["npm run destroy -- --environment pr-7 --yes", "asks nobody"],
    ["npm run destroy -- --environment remote-test --forget two", "a server that is gone for good is not asked"],
  ],
  async run(call) {
    const { environment, values, progress } = call;
    const options = await prepare(call, false);
    const forget = values.forget as string[];
    const { exitCode, left, kept, silent, engines, groups } = await tearDown({
      ...options,
      forget,
      yes: values.yes as boolean,
    });
    if (left.length > 0) {
      progress.line(`Still there under the label of stack "${environment}":\n${lines(left)}`);
      progress.line(`Run npm run destroy -- --environment ${environment} again once what holds them is gone.`);
    }
    if (silent.length > 0) {
      progress.line(`Not removed, as the host does not answer:\n${lines(silent.map(told))}`);
      progress.line(
        `Start ${names(silent)} and run npm run destroy -- --environment ${environment} again. What is gone for good is ` +
          `forgotten: npm run destroy -- --environment ${environment} ${silent.map(({ host }) => `--forget ${host}`).join(" ")}`,
      );
    }
    if (kept.length > 0) {
      progress.line(`Kept by an engine that counts endpoints on it which are not there:\n${lines(kept)}`);
      progress.line(
        "It is empty, and the next cluster on that host has it again. To be rid of it, restart the engine, then: " +
          `docker network rm ${GATEWAY_BRIDGE}`,
      );
    }
    if (left.length > 0 || silent.length > 0 || exitCode !== 0) {
      return exitCode || 1;
    }
    const { removeRehearsal } = require("../rehearsal") as typeof import("../rehearsal");
    const rehearsal = await removeRehearsal(progress, environment);
    if (rehearsal.length > 0) {
      progress.line(`Still there of the rehearsal:\n${lines(rehearsal)}`);
      return 1;
    }
    const asked = engines.length === 1 ? "the engine at" : "the engines at";
    const were = engines.length === 1 ? "was asked" : "were asked";
    const parts = [
      ...groups.map(({ group, says }) => `resource group ${group} is gone, says ${says}`),
      ...(engines.length > 0 || groups.length === 0 ? [`${asked} ${engines.join(", ")} ${were}`] : []),
    ];
    progress.line(`Nothing ${kept.length === 0 ? "" : "else "}is left of "${environment}": ${parts.join("; ")}.`);
    return 0;
  },
};

function lines(texts: readonly string[]): string {
  return texts.map((text) => `  ${text}`).join("\n");
}

function told({ host, reason, resources }: LeftHost): string {
  return `${resources} ${resources === 1 ? "resource" : "resources"} on ${host}: ${reason}`;
}

function names(hosts: readonly LeftHost[]): string {
  return hosts.map(({ host }) => host).join(" and ");
}

import { dollars } from "../../components/azure/costs";
import { columns } from "../terminal/columns";
import type { KnownStack } from "./stacks";
import { endText, spanText } from "./words";

/** Whether an environment is past its end, and there is something to take down. */
export function isOver({ end, resources }: KnownStack, now = Date.now()): boolean {
  return end !== undefined && end.getTime() <= now && resources > 0;
}

/** The environments as lines: name, age, cost, end. */
export function listing(stacks: readonly KnownStack[], now = Date.now()): string[] {
  const rows = stacks.map((stack) => [stack.name, ...about(stack, now)]);
  return columns([["environment", "age", "cost", "end"], ...rows]);
}

/** Its age, cost and end, each empty where it has none. */
export function about(stack: KnownStack, now: number): [age: string, cost: string, end: string] {
  if (stack.broken !== undefined) {
    return ["", "", `its state can't be read: ${stack.broken}`];
  }
  if (stack.resources === 0) {
    return ["", "", "nothing is up"];
  }
  const age = stack.born === undefined ? undefined : now - stack.born.getTime();
  const busy = stack.locked === undefined ? "" : "; being updated";
  return [age === undefined ? "" : spanText(age), cost(stack, age), `${endText(stack.end, now)}${busy}`];
}

function cost({ hourly }: KnownStack, age: number | undefined): string {
  if (hourly === undefined) {
    return "";
  }
  const soFar = age === undefined ? "" : `, ${dollars((hourly * age) / 3_600_000)} so far`;
  return `${dollars(hourly)}/h${soFar}`;
}

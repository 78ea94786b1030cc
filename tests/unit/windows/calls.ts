import { cmdlets, programs } from "./cmdlets";
import type { Call, Declared, Script } from "./grammar";

/** What is wrong with a call, by what its command declares. */
function wrongs(call: Call, functions: ReadonlyMap<string, readonly Declared[]>): string[] {
  const own = functions.get(call.name);
  if (own !== undefined) {
    const unknown = call.named.filter((name) => !own.some((each) => each.name === name));
    const missing = own.filter((each) => !each.optional && !call.named.includes(each.name)).slice(call.positional);
    const many = call.positional > own.length - (call.named.length - unknown.length) ? ["too many arguments"] : [];
    return [...unknown, ...missing.map(({ name }) => `${name} is missing`), ...many];
  }
  const cmdlet = cmdlets[call.name];
  if (cmdlet === undefined) {
    return programs.includes(call.name) || /^[A-Z]:\\.+\.exe$/.test(call.name) ? [] : ["it is nobody's"];
  }
  const many = call.positional > cmdlet.positional ? ["too many arguments"] : [];
  return [...call.named.filter((name) => !cmdlet.named.includes(name)), ...many];
}

/** What is wrong with the calls of a script, given others whose functions it may call. */
export function allWrongs(script: Script, companions: readonly Script[] = []): string[] {
  const functions = new Map([script, ...companions].flatMap((each) => [...each.functions]));
  return script.calls.flatMap((call) => wrongs(call, functions).map((wrong) => `${call.text}: ${wrong}`));
}

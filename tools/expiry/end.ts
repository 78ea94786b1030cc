import { expiryName } from "../../components/expiry";
import { durationOf } from "../../components/settings/expires";
import { UserError } from "../command";
import { type RecordedResource, resourcesOf, type StackState } from "../stack";

/** When an environment ends by its state, also if its first update did not get through; undefined where it has no end. */
export function endOf(state: StackState | undefined): Date | undefined {
  const at = resourcesOf(state).find(isExpiry)?.outputs?.stdout;
  return typeof at === "string" ? new Date(at) : undefined;
}

/** When the oldest thing of an environment was made. */
export function bornAt(state: StackState | undefined): Date | undefined {
  const times = resourcesOf(state).flatMap(({ created }) => (created === undefined ? [] : [Date.parse(created)]));
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}

/**
 * A state with another end.
 * @throws UserError where the environment has no end, or where its settings name the time, which only they can change.
 */
export function withEnd(state: StackState | undefined, end: Date, environment: string): StackState {
  const resources = resourcesOf(state);
  const expiry = resources.find(isExpiry);
  const [setting] = (expiry?.inputs?.triggers as readonly string[] | undefined) ?? [];
  if (state === undefined || setting === undefined || durationOf(setting) === undefined) {
    const now = setting === undefined ? "has no end" : `ends at the time that its settings name, ${setting}`;
    throw new UserError(
      `"${environment}" ${now}. Set \`container-network-labs:expires\` in stacks/Pulumi.${environment}.yaml to ` +
        `${end.toISOString()} or to how long it is needed, then: npm run up -- --environment ${environment}`,
    );
  }
  const at = end.toISOString();
  const moved = (resource: RecordedResource): RecordedResource => {
    const { outputs } = resource;
    if (resource === expiry) {
      return { ...resource, outputs: { ...outputs, stdout: at } };
    }
    const tells = resource.type === "pulumi:pulumi:Stack" && outputs?.expiresAt !== undefined;
    return tells ? { ...resource, outputs: { ...outputs, expiresAt: at } } : resource;
  };
  return { ...state, deployment: { ...state.deployment, resources: resources.map(moved) } };
}

function isExpiry({ type, urn }: RecordedResource): boolean {
  return type === "command:local:Command" && urn.endsWith(`::${expiryName}`);
}

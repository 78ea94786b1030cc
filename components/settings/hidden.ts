/** What a message shows in place of a secret. */
export const HIDDEN = "[secret]";

/** Whether a setting of this name holds a secret, wherever it is: a fault may show all that is around it. */
export function holdsSecret(key: string): boolean {
  return /password|secret/i.test(key) && !/path$/i.test(key);
}

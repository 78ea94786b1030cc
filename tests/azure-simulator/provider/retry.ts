import { setTimeout as sleep } from "node:timers/promises";
import { ArmError, ProvisioningError } from "../arm/errors";

/** azure-native's client gives up after so many tries. */
const TRIES = 4;
const LONGEST_WAIT_MS = 120_000;
const PASSING = [408, 429, 500, 502, 503, 504];

/**
 * Asks again what was refused for now, as azure-native does (provider/pkg/azure/client_azcore.go): what Azure answers
 * with a passing status, and a conflict with another operation. It waits as long as Azure says, or twice as long each
 * time, and says nothing of it. The last refusal is thrown.
 */
export async function retrying<T>(request: () => Promise<T>, firstWait: number): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request();
    } catch (error) {
      if (attempt === TRIES || !passes(error)) {
        throw error;
      }
      const wait = error.retryAfter === undefined ? firstWait * 2 ** (attempt - 1) : error.retryAfter * 1000;
      await sleep(Math.min(wait, LONGEST_WAIT_MS));
    }
  }
}

function passes(error: unknown): error is ArmError {
  if (!(error instanceof ArmError) || error instanceof ProvisioningError) {
    return false;
  }
  return PASSING.includes(error.status) || (error.status === 409 && error.code === "AnotherOperationInProgress");
}

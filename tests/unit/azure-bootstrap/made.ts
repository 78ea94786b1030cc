import type { Credentials, MadeKeys } from "../../../components/azure/credentials";
import { makeCertificates, makeKeys } from "../../../tools/credentials";

/** Credentials as the program makes them, for engines at this address, and what they were made from. */
export async function credentialsFor(
  address: string,
  given?: MadeKeys,
): Promise<{ made: MadeKeys; credentials: Credentials }> {
  const made = given ?? (await makeKeys({ password: true }));
  const { keys, caKey } = made;
  return { made, credentials: { ...keys, ...(await makeCertificates({ address, ca: keys.ca, caKey })) } };
}

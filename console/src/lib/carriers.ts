/** Rows of the server keep what is secret out of sight, so an empty field means: as it was. */
export function givenCredentials(written: Record<string, string>): Record<string, string> {
  const given = Object.entries(written)
    .map(([name, value]) => [name, value.trim()] as const)
    .filter(([, value]) => value !== '');
  return Object.fromEntries(given);
}

interface Credential {
  name: string;
  secret: boolean;
  required: boolean;
  given: boolean;
}

/** Whether a field has to be filled in: a required one that is not stored yet, and with another address a stored secret. */
export function isMissing(
  { name, secret, required, given }: Credential,
  written: Record<string, string>,
  addressChanged: boolean,
): boolean {
  const wanted = given ? secret && addressChanged : required;
  return wanted && !written[name]?.trim();
}

/** Fields that have to be filled in before the form may go. */
export function missingFields(
  fields: readonly Credential[],
  written: Record<string, string>,
  addressChanged: boolean,
): string[] {
  return fields
    .filter((field) => isMissing(field, written, addressChanged))
    .map(({ name }) => name);
}

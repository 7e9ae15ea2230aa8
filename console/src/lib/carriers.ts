/** Rows of the server keep what is secret out of sight, so an empty field means: as it was. */
export function givenCredentials(written: Record<string, string>): Record<string, string> {
  const given = Object.entries(written)
    .map(([name, value]) => [name, value.trim()] as const)
    .filter(([, value]) => value !== '');
  return Object.fromEntries(given);
}

/** Fields that have to be filled in before the form may go: required ones that are not stored yet. */
export function missingFields(
  fields: readonly { name: string; required: boolean; given: boolean }[],
  written: Record<string, string>,
): string[] {
  return fields
    .filter(({ name, required, given }) => required && !given && !written[name]?.trim())
    .map(({ name }) => name);
}

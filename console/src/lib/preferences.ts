/** Storage may be blocked by the browser; preferences then last as long as the page. */
export function readPreference(name: string): string | null {
  try {
    return localStorage.getItem(`litper.${name}`);
  } catch {
    return null;
  }
}

export function writePreference(name: string, value: string): void {
  try {
    localStorage.setItem(`litper.${name}`, value);
  } catch {
    // Nothing to do: the choice still applies to this page.
  }
}

/** Only the first characters of a folded phrase count. */
const MAX_PHRASE = 100;

/** The server's comparison of names and phrases: no case, no accents, one space for anything else. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

export function foldPhrase(text: string): string {
  return Array.from(fold(text)).slice(0, MAX_PHRASE).join('');
}

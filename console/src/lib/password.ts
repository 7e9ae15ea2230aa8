export const PASSWORD_MIN = 10;

export type PasswordStrength = 'short' | 'weak' | 'fair' | 'strong';

const COMMON = /(password|contrase|clave|qwerty|123456|litper|admin)/i;

function kindsOf(password: string): number {
  const kinds = [/[a-záéíóúñ]/, /[A-ZÁÉÍÓÚÑ]/, /\d/, /[^\p{L}\d]/u];
  return kinds.filter((kind) => kind.test(password)).length;
}

/** A hint only: the server decides what it accepts. */
export function passwordStrength(password: string): PasswordStrength {
  if (password.length < PASSWORD_MIN) return 'short';
  if (COMMON.test(password) || new Set(password).size < 5) return 'weak';
  if (password.length >= 16 || (password.length >= 12 && kindsOf(password) >= 3)) return 'strong';
  return 'fair';
}

import { expect, it } from 'vitest';
import { passwordStrength } from './password';

it.each([
  ['', 'short'],
  ['corta', 'short'],
  ['aaaaaaaaaaaa', 'weak'],
  ['contraseña2026', 'weak'],
  ['lunes verde', 'fair'],
  ['Lunes-verde-7', 'strong'],
  ['mesa nube lápiz río', 'strong'],
] as const)('%j is %s', (password, strength) => {
  expect(passwordStrength(password)).toBe(strength);
});

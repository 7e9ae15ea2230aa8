import { ApiError } from '../api/client';
import type { MessageKey } from './es';
import type { Translator } from './translate';

function errorKey(error: ApiError): MessageKey {
  if (error.slug === 'network') return 'error.network';
  if (error.slug === 'timeout') return 'error.timeout';
  if (error.status === 403) return 'error.forbidden';
  if (error.status === 404) return 'error.notFound';
  if (error.status === 429) return 'error.rateLimited';
  return error.status >= 500 ? 'error.server' : 'error.unknown';
}

/** One line that says what went wrong, in the words of the reader. */
export function errorMessage(error: unknown, { t }: Translator): string {
  return error instanceof ApiError ? t(errorKey(error)) : t('error.unknown');
}

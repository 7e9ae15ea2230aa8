import { ApiError } from '../api/client';
import type { MessageKey } from './es';
import type { Translator } from './translate';

function errorKey(error: ApiError): MessageKey {
  if (error.slug === 'network') return 'error.network';
  if (error.slug === 'timeout') return 'error.timeout';
  if (error.slug === 'too-many-attempts') return 'error.locked';
  if (error.status === 403) return 'error.forbidden';
  if (error.status === 404) return 'error.notFound';
  if (error.status === 429) return 'error.rateLimited';
  return error.status >= 500 ? 'error.server' : 'error.unknown';
}

/** Whole minutes, upwards; below one nobody counts. */
function waitOf(error: ApiError, { t, plural }: Translator): string {
  const seconds = error.problem.retry_after ?? 0;
  return seconds < 60 ? t('wait.moment') : plural('wait.minutes', Math.ceil(seconds / 60));
}

/** One line that says what went wrong, in the words of the reader. */
export function errorMessage(error: unknown, translator: Translator): string {
  const { t } = translator;
  if (!(error instanceof ApiError)) return t('error.unknown');
  return t(errorKey(error), { wait: waitOf(error, translator) });
}

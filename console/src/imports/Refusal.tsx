import { Link } from '@tanstack/react-router';
import { CircleAlert, History } from 'lucide-react';
import { ApiError } from '../api/client';
import type { Problem } from '../api/types';
import { useI18n } from '../i18n/context';
import { errorMessage } from '../i18n/errors';
import type { Translator } from '../i18n/translate';
import { formatBytes, formatWhen } from '../lib/format';
import { Notice } from '../ui/states';

function refusalText(error: unknown, translator: Translator): string {
  const { t, locale } = translator;
  if (!(error instanceof ApiError)) return errorMessage(error, translator);
  const { problem, status } = error;
  if (status === 409) return alreadyText(problem, translator);
  if (status === 413) {
    const limit = problem.limit_bytes;
    return t('import.refused.large', { limit: limit ? formatBytes(limit, locale) : '–' });
  }
  return status === 422 ? t('import.refused.unsupported') : errorMessage(error, translator);
}

function alreadyText(problem: Problem, { t, locale }: Translator): string {
  const loaded = problem.first_loaded_at;
  return t('import.refused.already', {
    when: loaded ? formatWhen(loaded, new Date(), locale) : '–',
  });
}

/** Why the server did not take a file, and what to look at instead. */
export function Refusal({ fileName, error }: { fileName: string; error: unknown }) {
  const translator = useI18n();
  const { t } = translator;
  const first = error instanceof ApiError ? error.problem.first_import_id : undefined;
  return (
    <Notice tone={first ? 'amber' : 'red'} icon={first ? History : CircleAlert} role="alert">
      <p className="font-semibold break-words">{t('import.refused', { name: fileName })}</p>
      <p>{refusalText(error, translator)}</p>
      {first && (
        <Link
          to="/importar/$id"
          params={{ id: first }}
          className="mt-1 inline-block font-medium underline underline-offset-2"
        >
          {t('import.refused.already.open')}
        </Link>
      )}
    </Notice>
  );
}

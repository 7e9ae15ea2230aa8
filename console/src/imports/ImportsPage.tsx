import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '../api/queries';
import { useI18n } from '../i18n/context';
import { formatBytes } from '../lib/format';
import { Button } from '../ui/Button';
import { PageHeader } from '../ui/page';
import { DropZone } from './DropZone';
import { ImportCard } from './ImportCard';
import { ImportHistory } from './ImportHistory';
import { ProgressBar } from './ImportProgress';
import { PasteWizard } from './PasteWizard';
import { Refusal } from './Refusal';
import { SavedLayouts } from './SavedLayouts';
import { useUpload, type UploadState } from './useUpload';

export function ImportsPage() {
  const { t } = useI18n();
  const upload = useUpload();
  const { state } = upload;
  const { data: session } = useQuery(sessionQuery);
  const mayImport = session?.permissions.includes('guides:write') ?? false;
  return (
    <>
      <PageHeader title={t('import.title')} />
      <div className="grid max-w-5xl gap-6 px-4 pb-8 md:px-6">
        <p className="-mb-2 text-ink-2">{t(mayImport ? 'import.body' : 'import.readOnly')}</p>
        {state.step === 'refused' && <Refusal fileName={state.file.name} error={state.error} />}
        {state.step === 'uploading' ? (
          <Uploading state={state} onCancel={upload.cancel} />
        ) : (
          mayImport && <DropZone onFile={upload.start} />
        )}
        {state.step === 'accepted' && <ImportCard key={state.id} id={state.id} />}
        {mayImport && <PasteWizard />}
        {mayImport && <SavedLayouts />}
        <ImportHistory />
      </div>
    </>
  );
}

function Uploading({
  state,
  onCancel,
}: {
  state: Extract<UploadState, { step: 'uploading' }>;
  onCancel: () => void;
}) {
  const { t, locale } = useI18n();
  const { sent, total } = state.progress;
  return (
    <section className="grid gap-3 rounded-lg border bg-surface p-4 md:p-6">
      <p className="font-semibold break-all">{t('import.uploading', { name: state.file.name })}</p>
      <ProgressBar share={total > 0 ? sent / total : null} label={t('import.progress')} />
      <div className="flex items-center justify-between gap-3">
        <p className="nums text-sm text-ink-2">
          {t('import.uploaded', {
            sent: formatBytes(sent, locale),
            total: formatBytes(total, locale),
          })}
        </p>
        <Button onClick={onCancel}>{t('import.cancel')}</Button>
      </div>
    </section>
  );
}

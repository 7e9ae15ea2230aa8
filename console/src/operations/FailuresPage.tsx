import { useMay } from '../auth/useMay';
import { Forbidden } from '../app/fallbacks';
import { useI18n } from '../i18n/context';
import { PageHeader } from '../ui/page';
import { DeadTasks } from './DeadTasks';
import { ParkedEvents } from './ParkedEvents';

export function FailuresPage() {
  const { t } = useI18n();
  const mayRepair = useMay('system:admin');
  return (
    <>
      <PageHeader title={t('failures.title')} />
      {mayRepair ? (
        <div className="grid gap-4 px-4 pb-8 md:px-6">
          <p className="max-w-3xl text-ink-2">{t('failures.body')}</p>
          <DeadTasks />
          <ParkedEvents />
        </div>
      ) : (
        <Forbidden />
      )}
    </>
  );
}

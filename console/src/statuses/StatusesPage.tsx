import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { CircleCheck, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { mappingsQuery, unmappedQuery } from '../api/setup';
import type { StatusMapping } from '../api/types';
import { useMay } from '../auth/useMay';
import { useI18n } from '../i18n/context';
import { Button } from '../ui/Button';
import { PageHeader } from '../ui/page';
import { FailureNotice } from '../ui/ListCard';
import { Notice } from '../ui/states';
import { MapDialog, type MappingStart } from './MapDialog';
import { MappingList } from './MappingList';
import { UnmappedList } from './UnmappedList';
import { useDeleteMapping, usePutMappings } from './useMappings';

/** What was just done, to be said and, where it can be, undone. */
type Done = { saved: readonly StatusMapping[] } | { removed: StatusMapping };

export function StatusesPage() {
  const { t } = useI18n();
  const mayMap = useMay('system:config');
  const unmapped = useInfiniteQuery(unmappedQuery);
  const mappings = useQuery(mappingsQuery);
  const [start, setStart] = useState<MappingStart>();
  const [done, setDone] = useState<Done>();
  const remove = useDeleteMapping();
  const onSaved = (saved: readonly StatusMapping[]) => setDone({ saved });
  return (
    <>
      <PageHeader title={t('statuses.title')} />
      <div className="grid gap-4 px-4 pb-8 md:px-6">
        <p className="max-w-3xl text-ink-2">{t(mayMap ? 'statuses.body' : 'statuses.readOnly')}</p>
        {done && <DoneNotice done={done} onDone={setDone} />}
        <FailureNotice error={remove.error} />
        <UnmappedList query={unmapped} onMap={mayMap ? setStart : undefined} />
        <MappingList
          query={mappings}
          mayMap={mayMap}
          onStart={setStart}
          onSaved={onSaved}
          onRemove={(mapping) =>
            remove.mutate(mapping, { onSuccess: () => setDone({ removed: mapping }) })
          }
        />
      </div>
      {start && <MapDialog start={start} onClose={() => setStart(undefined)} onSaved={onSaved} />}
    </>
  );
}

function DoneNotice({ done, onDone }: { done: Done; onDone: (done: Done) => void }) {
  const { t, plural } = useI18n();
  const put = usePutMappings();
  const removed = 'removed' in done ? done.removed : undefined;
  const text =
    'removed' in done
      ? t('mapping.removed', { phrase: done.removed.phrase })
      : plural('mapping.saved', done.saved.length);
  return (
    <Notice tone="green" icon={CircleCheck} role="status">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <p className="min-w-0 flex-1 basis-60">
          {text} {t('mapping.rereading')}
        </p>
        {removed && (
          <Button
            disabled={put.isPending}
            onClick={() => put.mutate([removed], { onSuccess: () => onDone({ saved: [removed] }) })}
          >
            <Undo2 size={15} aria-hidden />
            {t('undo')}
          </Button>
        )}
      </div>
      <FailureNotice error={put.error} />
    </Notice>
  );
}

import { ArrowRight, CircleAlert } from 'lucide-react';
import type { StatusMapping } from '../api/types';
import { useI18n } from '../i18n/context';
import {
  previewMappings,
  type FaultyLine,
  type MappingChange,
  type MappingFile,
} from '../lib/mappings';
import { useCarriers } from '../shipments/useCarriers';
import { Button } from '../ui/Button';
import { Dialog, DialogActions } from '../ui/Dialog';
import { FailureNotice } from '../ui/ListCard';
import { Notice } from '../ui/states';
import { MappingMeaning } from './MappingMeaning';
import { usePutMappings } from './useMappings';

const SHOWN_FAULTS = 20;

interface ImportDialogProps {
  /** What was read; `null` for a file that is none of mappings. */
  file: MappingFile | null;
  current: readonly StatusMapping[];
  onClose: () => void;
  onSaved: (mappings: readonly StatusMapping[]) => void;
}

/** Shows what a file would change before anything is changed. */
export function ImportDialog(props: ImportDialogProps) {
  const { t } = useI18n();
  return (
    <Dialog title={t('mapping.import')} wide onClose={props.onClose}>
      {(close) => <Preview {...props} onClose={close} />}
    </Dialog>
  );
}

function Preview({ file, current, onClose, onSaved }: ImportDialogProps) {
  const { t, plural } = useI18n();
  const put = usePutMappings();
  if (!file) {
    return (
      <Notice tone="red" icon={CircleAlert} role="alert">
        {t('mapping.import.notMappings')}
      </Notice>
    );
  }
  const { added, changed, same } = previewMappings(current, file.mappings);
  const changes = [...changed, ...added];
  const apply = () => {
    const wanted = changes.map(({ after }) => after);
    put.mutate(wanted, {
      onSuccess: () => {
        onClose();
        onSaved(wanted);
      },
    });
  };
  return (
    <>
      <p className="text-ink-2">
        {plural('mapping.import.added', added.length)} ·{' '}
        {plural('mapping.import.changed', changed.length)} · {plural('mapping.import.same', same)}.{' '}
        {t('mapping.import.kept')}
      </p>
      <Faults faults={file.faults} />
      {changes.length > 0 && <Changes changes={changes} />}
      <FailureNotice error={put.error} />
      <DialogActions>
        <Button onClick={onClose}>{t('dialog.cancel')}</Button>
        <Button kind="primary" disabled={changes.length === 0 || put.isPending} onClick={apply}>
          {put.isPending ? t('dialog.saving') : plural('mapping.import.apply', changes.length)}
        </Button>
      </DialogActions>
    </>
  );
}

function Faults({ faults }: { faults: readonly FaultyLine[] }) {
  const { t, plural } = useI18n();
  if (faults.length === 0) return null;
  return (
    <Notice tone="amber" icon={CircleAlert}>
      <p className="font-medium">{plural('mapping.import.faults', faults.length)}</p>
      <ul className="mt-1 text-sm">
        {faults.slice(0, SHOWN_FAULTS).map(({ line, phrase, fault }) => (
          <li key={line} className="break-words">
            {t('mapping.import.line', { line: String(line) })}{' '}
            <span className="font-mono text-xs">{phrase || '–'}</span>:{' '}
            {t(`mapping.fault.${fault}`)}
          </li>
        ))}
        {faults.length > SHOWN_FAULTS && <li>…</li>}
      </ul>
    </Notice>
  );
}

function Changes({ changes }: { changes: readonly MappingChange[] }) {
  const { t } = useI18n();
  const { nameOf } = useCarriers();
  return (
    <div
      className="max-h-80 overflow-y-auto rounded-lg border"
      // A region that scrolls must be reachable from the keyboard.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="region"
      aria-label={t('mapping.import.changes')}
    >
      <ul>
        {changes.map(({ before, after }) => (
          <li
            key={`${after.carrier_code}:${after.phrase}`}
            className="grid gap-1 border-t px-4 py-2 text-sm first:border-t-0"
          >
            <span className="break-words">
              <span className="font-mono text-xs">{after.phrase}</span>
              <span className="text-ink-2">
                {' '}
                · {after.carrier_code ? nameOf(after.carrier_code) : t('mapping.carrier.any')}
              </span>
            </span>
            <span className="flex flex-wrap items-center gap-2">
              {before ? (
                <MappingMeaning mapping={before} />
              ) : (
                <span className="text-ink-2">{t('mapping.import.new')}</span>
              )}
              <ArrowRight size={14} aria-hidden className="text-ink-3" />
              <MappingMeaning mapping={after} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

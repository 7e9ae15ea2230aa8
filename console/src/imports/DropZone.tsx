import { Download, FileSpreadsheet } from 'lucide-react';
import { useRef, useState, type DragEvent } from 'react';
import { useI18n } from '../i18n/context';
import { downloadText } from '../lib/csv';
import { Button } from '../ui/Button';
import { sampleReport } from './sample';

const ACCEPT = '.xlsx,.xlsm,.xls,.csv,.txt,text/csv';

export function DropZone({ onFile }: { onFile: (file: File, review: boolean) => void }) {
  const { t } = useI18n();
  const [review, setReview] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) onFile(file, review);
  };
  return (
    // Dropping is a shortcut for the button inside, which the keyboard reaches.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={`flex flex-col items-center gap-3 rounded-lg border border-dashed px-6 py-10 text-center ${over ? 'border-focus bg-blue-soft' : 'border-line-strong bg-surface'}`}
    >
      <FileSpreadsheet size={28} aria-hidden className="text-ink-2" />
      <p className="text-lg font-semibold">{over ? t('import.drop.active') : t('import.drop')}</p>
      <input
        ref={input}
        type="file"
        accept={ACCEPT}
        aria-label={t('import.choose')}
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file) onFile(file, review);
        }}
      />
      <Button kind="primary" onClick={() => input.current?.click()}>
        {t('import.choose')}
      </Button>
      <label className="inline-flex min-h-11 items-center gap-2 text-sm md:min-h-6">
        <input
          type="checkbox"
          className="size-5 md:size-4"
          checked={review}
          onChange={(event) => setReview(event.target.checked)}
        />
        {t('import.review')}
      </label>
      <p className="text-sm text-ink-2">{t('import.formats')}</p>
      <button
        type="button"
        onClick={() => downloadText('litper-ejemplo.csv', sampleReport(new Date()))}
        className="inline-flex min-h-11 items-center gap-2 text-sm text-ink-2 underline underline-offset-2 hover:text-ink md:min-h-6"
      >
        <Download size={15} aria-hidden />
        {t('import.sample')}
      </button>
    </div>
  );
}

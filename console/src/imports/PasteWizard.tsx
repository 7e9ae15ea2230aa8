import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { importsQuery } from '../api/queries';
import { useI18n } from '../i18n/context';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { ErrorState } from '../ui/states';
import { importPaste, readPaste, type Paste, type PastedShipment, type PasteRead } from './paste';

const SHOWN_PROBLEMS = 100;
const STEPS = ['phones', 'report', 'summary'] as const;

/** Text copied out of tracking pages, in three steps; nothing changes before it is let in. */
export function PasteWizard() {
  const { t } = useI18n();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [texts, setTexts] = useState({ phones: '', report: '', summary: '' });
  const [carrier, setCarrier] = useState('');
  const [links, setLinks] = useState<Record<string, string>>({});
  const paste = (confirmed: Record<string, string>): Paste => ({
    ...texts,
    carrier: carrier.trim() || null,
    links: confirmed,
  });
  const read = useMutation({ mutationFn: readPaste });
  const take = useMutation({
    mutationFn: importPaste,
    onSuccess: async ({ id }) => {
      await queryClient.invalidateQueries({ queryKey: importsQuery.queryKey });
      await navigate({ to: '/importar/$id', params: { id } });
    },
  });
  const confirmLink = (shipment: string, phone: string) => {
    const next = { ...links, [shipment]: phone };
    setLinks(next);
    read.mutate(paste(next));
  };
  const error = take.error ?? read.error;
  return (
    <details className="rounded-lg border bg-surface">
      <summary className="min-h-11 cursor-pointer px-4 py-3 font-semibold md:px-6">
        {t('paste.title')}
      </summary>
      <div className="grid gap-4 px-4 pb-4 md:px-6 md:pb-6">
        {STEPS.map((step) => (
          <Step
            key={step}
            step={step}
            text={texts[step]}
            onChange={(text) => {
              setTexts({ ...texts, [step]: text });
              read.reset();
            }}
          />
        ))}
        <Field
          label={t('paste.carrier')}
          hint={t('paste.carrier.hint')}
          value={carrier}
          maxLength={80}
          onChange={(event) => {
            setCarrier(event.target.value);
            read.reset();
          }}
        />
        {read.data && <Understood read={read.data} onConfirm={confirmLink} />}
        {error && <ErrorState error={error} onRetry={() => read.mutate(paste(links))} />}
        <div className="flex flex-wrap gap-3">
          <Button
            disabled={read.isPending || !(texts.report.trim() || texts.summary.trim())}
            onClick={() => read.mutate(paste(links))}
          >
            {t('import.preview')}
          </Button>
          <Button
            kind="primary"
            disabled={take.isPending || !read.data || read.data.shipments.length === 0}
            onClick={() => take.mutate(paste(links))}
          >
            {t('import.letIn')}
          </Button>
        </div>
      </div>
    </details>
  );
}

function Step({
  step,
  text,
  onChange,
}: {
  step: (typeof STEPS)[number];
  text: string;
  onChange: (text: string) => void;
}) {
  const { t } = useI18n();
  const id = useId();
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {t(`paste.${step}`)}
      </label>
      <textarea
        id={id}
        rows={4}
        spellCheck={false}
        className="w-full rounded-lg border border-line-strong bg-surface px-3 py-2 font-mono text-xs text-ink"
        aria-describedby={`${id}-note`}
        value={text}
        onChange={(event) => onChange(event.target.value)}
      />
      <p id={`${id}-note`} className="text-xs text-ink-2">
        {t(`paste.${step}.hint`)}
      </p>
    </div>
  );
}

function Understood({
  read,
  onConfirm,
}: {
  read: PasteRead;
  onConfirm: (shipment: string, phone: string) => void;
}) {
  const { t, lookUp } = useI18n();
  const more = read.more_problems + Math.max(0, read.problems.length - SHOWN_PROBLEMS);
  return (
    <section className="grid gap-3" aria-label={t('import.preview.title')}>
      <h3 className="font-semibold">{t('import.preview.title')}</h3>
      <div
        className="relative max-h-96 overflow-auto rounded-lg border"
        // A region that scrolls must be reachable from the keyboard.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        role="region"
        aria-label={t('import.preview.rows')}
      >
        <table className="w-full text-left text-sm">
          <thead className="sticky top-0 bg-sunken text-xs text-ink-2">
            <tr>
              <th className="px-4 py-2 font-medium">{t('field.tracking_number')}</th>
              <th className="px-4 py-2 font-medium">{t('field.carrier')}</th>
              <th className="px-4 py-2 font-medium">{t('field.status')}</th>
              <th className="px-4 py-2 font-medium">{t('field.phone')}</th>
            </tr>
          </thead>
          <tbody>
            {read.shipments.slice(0, 200).map((shipment) => (
              <tr key={shipment.tracking_number} className="border-t align-top">
                <td className="nums px-4 py-2">{shipment.tracking_number}</td>
                <td className="px-4 py-2">{shipment.carrier ?? '–'}</td>
                <td className="px-4 py-2">{shipment.events[0]?.text ?? '–'}</td>
                <td className="nums px-4 py-2">
                  <PhoneCell shipment={shipment} onConfirm={onConfirm} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {read.problems.length > 0 && (
        <ul className="grid gap-1 text-sm text-ink-2">
          {read.problems.slice(0, SHOWN_PROBLEMS).map((problem) => (
            <li key={`${problem.part}:${problem.line}:${problem.code}`}>
              {t('paste.problem', {
                step: t(`paste.${STEP_OF[problem.part] ?? 'report'}`),
                line: problem.line,
              })}{' '}
              {problem.tracking_number ?? ''}{' '}
              {lookUp(`paste.problem.${problem.code}`) ?? problem.code}
            </li>
          ))}
          {more > 0 && <li>{t('paste.problem.more', { count: more })}</li>}
        </ul>
      )}
    </section>
  );
}

const STEP_OF: Record<string, (typeof STEPS)[number]> = {
  phones: 'phones',
  report: 'report',
  summary: 'summary',
};

function PhoneCell({
  shipment,
  onConfirm,
}: {
  shipment: PastedShipment;
  onConfirm: (shipment: string, phone: string) => void;
}) {
  const { t } = useI18n();
  if (shipment.phone) return shipment.phone;
  if (shipment.suggestions.length === 0) return '–';
  return (
    <div className="grid gap-1">
      {shipment.suggestions.map((each) => (
        <Button
          key={each.tracking_number}
          onClick={() => onConfirm(shipment.tracking_number, each.phone)}
        >
          {t('paste.confirm', { number: each.tracking_number, phone: each.phone })}
        </Button>
      ))}
    </div>
  );
}

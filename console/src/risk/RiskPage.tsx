import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleCheck, RotateCcw, Undo2 } from 'lucide-react';
import { useState, type SubmitEvent } from 'react';
import { facetsQuery } from '../api/queries';
import { putRiskPolicy, riskPolicyQuery } from '../api/setup';
import type { NewRiskPolicy, RiskPolicy } from '../api/types';
import { useMay } from '../auth/useMay';
import { useI18n } from '../i18n/context';
import {
  checkPolicy,
  DEFAULT_POLICY,
  draftOf,
  policyOf,
  samePolicy,
  type PolicyDraft,
  type PolicyFault,
} from '../lib/riskPolicy';
import { cityWords } from '../shipments/cells';
import { useCarriers } from '../shipments/useCarriers';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { FailureNotice } from '../ui/ListCard';
import { Card, PageHeader } from '../ui/page';
import { ErrorState, Notice, SkeletonRows } from '../ui/states';
import { When } from '../ui/When';
import { FlaggedNames } from './FlaggedNames';
import { LevelScale } from './LevelScale';

export function RiskPage() {
  const { t } = useI18n();
  const mayChange = useMay('system:config');
  const query = useQuery(riskPolicyQuery);
  const policy = query.data;
  return (
    <>
      <PageHeader title={t('risk.title')} />
      <div className="grid max-w-4xl gap-4 px-4 pb-8 md:px-6">
        <p className="text-ink-2">{t(mayChange ? 'risk.body' : 'risk.readOnly')}</p>
        {!policy && query.isPending && <SkeletonRows rows={6} />}
        {!policy && query.isError && (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        )}
        {policy && <PolicyCard policy={policy} mayChange={mayChange} />}
      </div>
    </>
  );
}

function useSavePolicy() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (policy: NewRiskPolicy) => putRiskPolicy(policy),
    onSuccess: (saved) => client.setQueryData(riskPolicyQuery.queryKey, saved),
  });
}

function PolicyCard({ policy, mayChange }: { policy: RiskPolicy; mayChange: boolean }) {
  const [draft, setDraft] = useState(() => draftOf(policy));
  /** The policy before the last save, to go back to. */
  const [previous, setPrevious] = useState<NewRiskPolicy>();
  const save = useSavePolicy();
  const store = (wanted: NewRiskPolicy, undo: NewRiskPolicy | undefined) =>
    save.mutate(wanted, {
      onSuccess: (saved) => {
        setDraft(draftOf(saved));
        setPrevious(undo);
      },
    });
  return (
    <>
      {save.isSuccess && (
        <Saved busy={save.isPending} onUndo={previous && (() => store(previous, undefined))} />
      )}
      <FailureNotice error={save.error} />
      <PolicyForm
        policy={policy}
        draft={draft}
        onDraft={setDraft}
        readOnly={!mayChange}
        busy={save.isPending}
        onSave={(wanted) => store(wanted, policyOf(policy))}
      />
    </>
  );
}

function Saved({ busy, onUndo }: { busy: boolean; onUndo: (() => void) | undefined }) {
  const { t } = useI18n();
  return (
    <Notice tone="green" icon={CircleCheck} role="status">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <p className="min-w-0 flex-1 basis-60">{t(onUndo ? 'risk.saved' : 'risk.undone')}</p>
        {onUndo && (
          <Button disabled={busy} onClick={onUndo}>
            <Undo2 size={15} aria-hidden />
            {t('undo')}
          </Button>
        )}
      </div>
    </Notice>
  );
}

interface PolicyFormProps {
  policy: RiskPolicy;
  draft: PolicyDraft;
  onDraft: (draft: PolicyDraft) => void;
  readOnly: boolean;
  busy: boolean;
  onSave: (policy: NewRiskPolicy) => void;
}

function PolicyForm({ policy, draft, onDraft, readOnly, busy, onSave }: PolicyFormProps) {
  const { t } = useI18n();
  const check = checkPolicy(draft);
  const wanted = check.policy;
  const changed = !wanted || !samePolicy(wanted, policyOf(policy));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (wanted) onSave(wanted);
  };
  return (
    <form onSubmit={submit} className="grid gap-4" noValidate>
      <Card title={t('risk.levels')}>
        <div className="grid gap-4 p-4">
          <div className="grid gap-4 sm:grid-cols-2">
            <ScoreField
              label={t('risk.medium')}
              value={draft.medium}
              fault={check.medium}
              readOnly={readOnly}
              onValue={(medium) => onDraft({ ...draft, medium })}
            />
            <ScoreField
              label={t('risk.high')}
              value={draft.high}
              fault={check.high}
              readOnly={readOnly}
              onValue={(high) => onDraft({ ...draft, high })}
            />
          </div>
          {wanted && <LevelScale medium={wanted.medium_from} high={wanted.high_from} />}
        </div>
      </Card>
      <Card title={t('risk.flagged')}>
        <Flagged draft={draft} onDraft={onDraft} readOnly={readOnly} />
      </Card>
      <div className="flex flex-wrap items-center gap-2">
        <p className="min-w-0 flex-1 basis-full text-sm text-ink-2 sm:basis-0">
          {policy.changed_at ? (
            <>
              {t('risk.changed')} <When iso={policy.changed_at} />
            </>
          ) : (
            t('risk.builtIn')
          )}
        </p>
        {!readOnly && (
          <>
            <Button
              disabled={busy || (wanted !== undefined && samePolicy(wanted, DEFAULT_POLICY))}
              onClick={() => onDraft(draftOf(DEFAULT_POLICY))}
            >
              <RotateCcw size={15} aria-hidden />
              {t('risk.reset')}
            </Button>
            <Button kind="primary" type="submit" disabled={busy || !wanted || !changed}>
              {t(busy ? 'dialog.saving' : 'dialog.save')}
            </Button>
          </>
        )}
      </div>
    </form>
  );
}

interface ScoreFieldProps {
  label: string;
  value: string;
  fault: PolicyFault | undefined;
  readOnly: boolean;
  onValue: (value: string) => void;
}

function ScoreField({ label, value, fault, readOnly, onValue }: ScoreFieldProps) {
  const { t } = useI18n();
  return (
    <Field
      label={label}
      hint={t('risk.score.hint')}
      error={fault && t(`risk.fault.${fault}`)}
      required
      inputMode="numeric"
      autoComplete="off"
      readOnly={readOnly}
      value={value}
      onChange={({ target }) => onValue(target.value)}
    />
  );
}

type FlaggedProps = Pick<PolicyFormProps, 'draft' | 'onDraft' | 'readOnly'>;

function Flagged({ draft, onDraft, readOnly }: FlaggedProps) {
  const { t } = useI18n();
  const { data } = useQuery(facetsQuery);
  const { options } = useCarriers();
  const names = new Map<string, string>(options);
  return (
    <div className="grid gap-6 p-4">
      <p className="text-sm text-ink-2">{t('risk.flagged.body')}</p>
      <div className="grid gap-6 md:grid-cols-2">
        <FlaggedNames
          label={t('risk.cities')}
          other={t('risk.cities.other')}
          hint={t('risk.cities.hint')}
          names={draft.cities}
          suggestions={[...new Set(data?.cities.map(({ name }) => cityWords(name)))]}
          readOnly={readOnly}
          onNames={(cities) => onDraft({ ...draft, cities })}
        />
        <FlaggedNames
          label={t('risk.carriers')}
          other={t('risk.carriers.other')}
          hint={t('risk.carriers.hint')}
          names={draft.carriers}
          suggestions={options.map(([, name]) => name)}
          nameOf={(name) => names.get(name) ?? name}
          readOnly={readOnly}
          onNames={(carriers) => onDraft({ ...draft, carriers })}
        />
      </div>
    </div>
  );
}

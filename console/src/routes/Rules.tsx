import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, Undo2 } from 'lucide-react';
import { useState, type SubmitEvent } from 'react';
import { ApiError } from '../api/client';
import { putRoutePolicy, routePolicyQuery } from '../api/routes';
import type { RoutePolicy, RoutePolicyInForce } from '../api/types';
import { useMay } from '../auth/useMay';
import { useI18n } from '../i18n/context';
import { checkRules, draftOf, RULES, type RulesDraft } from '../lib/routeRules';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { FailureNotice } from '../ui/ListCard';
import { Card } from '../ui/page';
import { ErrorState, Notice, SkeletonRows } from '../ui/states';
import { When } from '../ui/When';

/** What the organisation's routes are judged by. */
export default function Rules() {
  const { data, isPending, error, refetch } = useQuery(routePolicyQuery);
  if (data) return <Form current={data} />;
  if (isPending) return <SkeletonRows rows={6} />;
  return <ErrorState error={error} onRetry={() => void refetch()} />;
}

function Form({ current }: { current: RoutePolicyInForce }) {
  const { t } = useI18n();
  const mayChange = useMay('system:config');
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(current.policy));
  /** The policy before the last save, to go back to. */
  const [previous, setPrevious] = useState<RoutePolicy>();
  const save = useMutation({
    mutationFn: (policy: RoutePolicy) => putRoutePolicy({ version: current.version, policy }),
    onSuccess: async (saved) => {
      client.setQueryData(routePolicyQuery.queryKey, saved);
      setDraft(draftOf(saved.policy));
      await client.invalidateQueries({ queryKey: ['routes'] });
    },
  });
  const store = (policy: RoutePolicy, undo: RoutePolicy | undefined) =>
    save.mutate(policy, { onSuccess: () => setPrevious(undo) });
  const conflict = save.error instanceof ApiError && save.error.status === 409;
  const { policy, wrong } = checkRules(draft);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (policy) store(policy, current.policy);
  };
  return (
    <Card title={t('rules.title')}>
      <form onSubmit={submit} className="grid max-w-3xl gap-4 p-4" noValidate>
        <p className="text-sm text-ink-2">{t(mayChange ? 'rules.body' : 'rules.readOnly')}</p>
        {save.isSuccess && (
          <Notice tone="green" icon={CircleCheck} role="status">
            <div className="flex flex-wrap items-center gap-4">
              <p className="flex-1">{t('rules.saved')}</p>
              {previous && (
                <Button disabled={save.isPending} onClick={() => store(previous, undefined)}>
                  <Undo2 size={15} aria-hidden />
                  {t('undo')}
                </Button>
              )}
            </div>
          </Notice>
        )}
        {conflict && (
          <Notice tone="amber" icon={CircleAlert} role="alert">
            {t('rules.changed')}
          </Notice>
        )}
        {!conflict && <FailureNotice error={save.error} />}
        <RuleFields draft={draft} wrong={wrong} readOnly={!mayChange} onDraft={setDraft} />
        <div className="flex flex-wrap items-center gap-2">
          <p className="min-w-0 flex-1 text-sm text-ink-2">
            {current.changed_at ? (
              <>
                {t('rules.version', { version: current.version })} <When iso={current.changed_at} />
              </>
            ) : (
              t('rules.builtIn')
            )}
          </p>
          {mayChange && (
            <Button kind="primary" type="submit" disabled={save.isPending || !policy}>
              {t(save.isPending ? 'dialog.saving' : 'dialog.save')}
            </Button>
          )}
        </div>
      </form>
    </Card>
  );
}

interface RuleFieldsProps {
  draft: RulesDraft;
  wrong: ReadonlySet<string>;
  readOnly: boolean;
  onDraft: (draft: RulesDraft) => void;
}

function RuleFields({ draft, wrong, readOnly, onDraft }: RuleFieldsProps) {
  const { t } = useI18n();
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2">
      {RULES.map((name) => (
        <Field
          key={name}
          label={t(`rules.${name}`)}
          hint={name === 'prior' ? t('rules.prior.hint') : undefined}
          error={wrong.has(name) ? t('rules.wrong') : undefined}
          required
          inputMode="decimal"
          autoComplete="off"
          readOnly={readOnly}
          value={draft[name]}
          onChange={({ target }) => onDraft({ ...draft, [name]: target.value })}
        />
      ))}
    </div>
  );
}

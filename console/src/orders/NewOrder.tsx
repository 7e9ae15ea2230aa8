import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CirclePause, Plus, X } from 'lucide-react';
import { useEffect, useId, useRef, useState, type SubmitEvent } from 'react';
import { ApiError } from '../api/client';
import { facetsQuery, ordersQuery, placeOrder } from '../api/queries';
import { activePausesQuery } from '../api/routes';
import { reportIfExpired } from '../app/queryClient';
import { useMay } from '../auth/useMay';
import { useI18n } from '../i18n/context';
import { errorMessage } from '../i18n/errors';
import { EMPTY_DRAFT, EMPTY_LINE, fieldErrors, toOrder, type OrderDraft } from '../lib/orderDraft';
import { cityKey } from '../lib/routes';
import { placeName } from '../shipments/cells';
import { Button, IconButton } from '../ui/Button';
import { Field } from '../ui/Field';

/** An order that came by phone or chat, entered by hand. */
export function NewOrder({ onClose }: { onClose: () => void }) {
  const { t } = useI18n();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      aria-label={t('order.new')}
      onClose={onClose}
      className="m-auto max-h-[92dvh] w-[min(36rem,calc(100vw-1.5rem))] overflow-y-auto rounded-lg border bg-surface p-0 text-ink"
    >
      <header className="sticky top-0 z-10 flex items-center justify-between border-b bg-surface py-1 pr-2 pl-4 md:pl-6">
        <h2 className="text-lg font-semibold">{t('order.new')}</h2>
        <IconButton label={t('order.close')} onClick={() => dialog.current?.close()}>
          <X size={17} aria-hidden />
        </IconButton>
      </header>
      <OrderForm onDone={() => dialog.current?.close()} />
    </dialog>
  );
}

function OrderForm({ onDone }: { onDone: () => void }) {
  const translator = useI18n();
  const { t } = translator;
  const client = useQueryClient();
  const [draft, setDraft] = useState<OrderDraft>(EMPTY_DRAFT);
  const place = useMutation({
    mutationFn: (wanted: OrderDraft) => placeOrder(toOrder(wanted)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ordersQuery.queryKey });
      onDone();
    },
    onError: reportIfExpired,
  });
  const wrong = fieldErrors(place.error instanceof ApiError ? place.error.problem : undefined);
  const errorOf = (field: string) => (wrong.has(field) ? t(messageOf(field)) : undefined);
  const set = (part: Partial<OrderDraft>) => setDraft({ ...draft, ...part });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    place.mutate(draft);
  };
  return (
    <form onSubmit={submit} className="grid gap-4 p-4 md:p-6">
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label={t('order.customer')}
          required
          autoComplete="off"
          value={draft.name}
          error={errorOf('customer.name')}
          onChange={({ target }) => set({ name: target.value })}
        />
        <Field
          label={t('order.phone')}
          required
          type="tel"
          inputMode="tel"
          autoComplete="off"
          value={draft.phone}
          error={errorOf('customer.phone')}
          onChange={({ target }) => set({ phone: target.value })}
        />
      </div>
      <Field
        label={t('order.address')}
        required
        autoComplete="off"
        value={draft.address}
        error={errorOf('address')}
        onChange={({ target }) => set({ address: target.value })}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <CityField value={draft.city} error={errorOf('city')} onValue={(city) => set({ city })} />
        <Field
          label={t('order.total')}
          required
          inputMode="numeric"
          autoComplete="off"
          hint={t('order.total.hint')}
          value={draft.total}
          error={errorOf('total')}
          onChange={({ target }) => set({ total: target.value })}
        />
      </div>
      <Lines draft={draft} onLines={(lines) => set({ lines })} errorOf={errorOf} />
      {place.isError && (
        <p role="alert" className="text-sm text-red">
          {wrong.size > 0 ? t('order.check') : errorMessage(place.error, translator)}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>{t('order.cancel')}</Button>
        <Button kind="primary" type="submit" disabled={place.isPending}>
          {t(place.isPending ? 'order.placing' : 'order.place')}
        </Button>
      </div>
    </form>
  );
}

/** The pause that stands against a city, of all carriers before one of one. */
function usePauseOf(city: string) {
  const mayLook = useMay('analytics:read');
  const { data } = useQuery({ ...activePausesQuery, enabled: mayLook });
  const here = data?.items.filter((pause) => pause.city_key === city) ?? [];
  return here.find((pause) => pause.carrier_code === null) ?? here[0];
}

function messageOf(field: string) {
  if (field === 'customer.phone') return 'order.wrong.phone';
  if (field === 'total') return 'order.wrong.total';
  return 'field.invalid';
}

function CityField({
  value,
  error,
  onValue,
}: {
  value: string;
  error: string | undefined;
  onValue: (city: string) => void;
}) {
  const { t } = useI18n();
  const { data } = useQuery(facetsQuery);
  const listId = useId();
  const pause = usePauseOf(cityKey(data?.cities ?? [], value));
  return (
    <div>
      <Field
        label={t('order.city')}
        required
        autoComplete="off"
        list={listId}
        hint={t('order.city.hint')}
        value={value}
        error={error}
        onChange={({ target }) => onValue(target.value)}
      />
      <datalist id={listId}>
        {data?.cities.map((city) => (
          <option key={placeName(city)} value={placeName(city)} />
        ))}
      </datalist>
      {pause && (
        <p role="status" className="mt-1 flex gap-1.5 text-sm text-amber">
          <CirclePause size={15} aria-hidden className="mt-0.5 shrink-0" />
          {t(pause.carrier_code === null ? 'order.paused.city' : 'order.paused.route', {
            reason: pause.reason,
            carrier: pause.carrier_code ?? '',
          })}
        </p>
      )}
    </div>
  );
}

interface LinesProps {
  draft: OrderDraft;
  onLines: (lines: OrderDraft['lines']) => void;
  errorOf: (field: string) => string | undefined;
}

function Lines({ draft, onLines, errorOf }: LinesProps) {
  const { t } = useI18n();
  const change = (at: number, part: Partial<OrderDraft['lines'][number]>) =>
    onLines(draft.lines.map((line, index) => (index === at ? { ...line, ...part } : line)));
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-2 text-sm font-semibold">{t('order.items')}</legend>
      {draft.lines.map((line, index) => (
        <div key={index} className="grid grid-cols-[minmax(0,1fr)_5rem_auto] items-start gap-2">
          <Field
            label={t('order.item')}
            required
            autoComplete="off"
            value={line.name}
            error={errorOf(`items[${index}].name`)}
            onChange={({ target }) => change(index, { name: target.value })}
          />
          <Field
            label={t('order.quantity')}
            required
            type="number"
            min={1}
            max={10_000}
            value={line.quantity}
            error={errorOf(`items[${index}].quantity`)}
            onChange={({ target }) => change(index, { quantity: target.value })}
          />
          <IconButton
            label={t('order.item.remove')}
            className="mt-6"
            disabled={draft.lines.length === 1}
            onClick={() => onLines(draft.lines.filter((_, each) => each !== index))}
          >
            <X size={16} aria-hidden />
          </IconButton>
        </div>
      ))}
      <Button
        kind="quiet"
        className="justify-self-start"
        onClick={() => onLines([...draft.lines, EMPTY_LINE])}
      >
        <Plus size={15} aria-hidden />
        {t('order.item.add')}
      </Button>
    </fieldset>
  );
}

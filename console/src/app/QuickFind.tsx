import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Search, X } from 'lucide-react';
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { quickFindQuery } from '../api/queries';
import type { Shipment } from '../api/types';
import { useI18n } from '../i18n/context';
import { useDebounced } from '../lib/hooks';
import { IconButton } from '../ui/Button';
import { StatusChip } from '../ui/Chip';

/** No guía and no phone is shorter. */
const MIN_TEXT = 5;

export function QuickFind({ onClose }: { onClose: () => void }) {
  const { t } = useI18n();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      aria-label={t('find.title')}
      onClose={onClose}
      className="fixed top-[8dvh] left-1/2 m-0 w-[min(40rem,calc(100vw-1.5rem))] -translate-x-1/2 overflow-hidden rounded-lg border bg-surface p-0 text-ink"
    >
      <FindForm onDone={() => dialog.current?.close()} />
    </dialog>
  );
}

function FindForm({ onDone }: { onDone: () => void }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const listId = useId();
  const [text, setText] = useState('');
  const [active, setActive] = useState(-1);
  const wanted = text.trim();
  const settled = useDebounced(wanted, 200);
  const { data, isFetching } = useQuery(quickFindQuery(settled));
  const hits = wanted.length >= MIN_TEXT ? (data?.items ?? []) : [];

  const openHit = (hit: Shipment) => {
    onDone();
    void navigate({ to: '/guias/$id', params: { id: hit.id } });
  };
  const openAll = () => {
    if (!wanted) return;
    onDone();
    void navigate({ to: '/guias', search: { q: wanted } });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setActive((current) => Math.max(-1, Math.min(hits.length - 1, current + step)));
    }
    if (event.key !== 'Enter') return;
    event.preventDefault();
    const onlyHit = hits.length === 1 && wanted === settled ? hits[0] : undefined;
    const hit = hits[active] ?? onlyHit;
    if (hit) openHit(hit);
    else openAll();
  };

  return (
    <>
      <div className="flex items-center gap-2 border-b pl-4">
        <Search size={18} aria-hidden className="shrink-0 text-ink-2" />
        <input
          type="search"
          role="combobox"
          aria-label={t('find.label')}
          aria-expanded={hits.length > 0}
          aria-controls={listId}
          aria-activedescendant={hits[active] ? `${listId}-${active}` : undefined}
          placeholder={t('find.label')}
          autoComplete="off"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setActive(-1);
          }}
          onKeyDown={onKeyDown}
          className="h-14 min-w-0 flex-1 bg-transparent text-lg outline-none [&::-webkit-search-cancel-button]:hidden"
        />
        <IconButton label={t('find.close')} onClick={onDone} className="mr-2">
          <X size={18} aria-hidden />
        </IconButton>
      </div>
      <div id={listId} role="listbox" aria-label={t('find.title')}>
        {hits.map((hit, index) => (
          <FindOption
            key={hit.id}
            id={`${listId}-${index}`}
            hit={hit}
            active={index === active}
            onOpen={() => openHit(hit)}
          />
        ))}
      </div>
      <div className="px-4 py-3 text-sm text-ink-2" role="status">
        {wanted.length < MIN_TEXT && t('find.hint')}
        {wanted.length >= MIN_TEXT && hits.length > 0 && (
          <button type="button" onClick={openAll} className="underline underline-offset-2">
            {t('find.all', { text: wanted })}
          </button>
        )}
        {wanted.length >= MIN_TEXT && hits.length === 0 && !isFetching && wanted === settled && (
          <>{t('find.none', { text: wanted })}</>
        )}
      </div>
    </>
  );
}

interface FindOptionProps {
  id: string;
  hit: Shipment;
  active: boolean;
  onOpen: () => void;
}

/** The keyboard reaches options through the input (`aria-activedescendant`). */
function FindOption({ id, hit, active, onOpen }: FindOptionProps) {
  return (
    <div
      id={id}
      role="option"
      aria-selected={active}
      tabIndex={-1}
      onClick={onOpen}
      onKeyDown={(event) => event.key === 'Enter' && onOpen()}
      className={`flex h-12 cursor-pointer items-center gap-3 border-b px-4 hover:bg-hover ${active ? 'bg-selected' : ''}`}
    >
      <span className="font-mono text-sm">{hit.tracking_number}</span>
      <span className="min-w-0 flex-1 truncate text-sm text-ink-2">
        {hit.recipient.name ?? hit.city.name}
      </span>
      <StatusChip shipment={hit} />
    </div>
  );
}

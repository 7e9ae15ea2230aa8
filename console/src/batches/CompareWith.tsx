import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { batchesQuery } from '../api/batches';
import type { Batch } from '../api/types';
import { useI18n } from '../i18n/context';
import { Choice } from '../shipments/filterControls';
import { useBatchName } from './parts';

const isAfter = (a: Batch, b: Batch) => (a.day === b.day ? a.number > b.number : a.day > b.day);

/** The choice that brings older batches. */
const OLDER = 'older';

/** Picks another batch; of the two, the later one is compared with the earlier one. */
export function CompareWith({ batch }: { batch: Batch }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const nameOf = useBatchName();
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    batchesQuery(undefined),
  );
  const all = data?.pages.flatMap((one) => one.items) ?? [];
  const others = all.filter(({ id }) => id !== batch.id);
  if (others.length === 0 && !hasNextPage) return null;
  const compare = (id: string) => {
    if (id === OLDER) {
      void fetchNextPage();
      return;
    }
    const other = others.find((each) => each.id === id);
    if (!other) return;
    const [later, earlier] = isAfter(batch, other) ? [batch, other] : [other, batch];
    void navigate({
      to: '/cargas/$id/comparar',
      params: { id: later.id },
      search: { with: earlier.id },
    });
  };
  return (
    <Choice
      label={t('compare.with')}
      any={t('compare.with')}
      value={undefined}
      options={[
        ...others.map(
          (each) => [each.id, [nameOf(each), each.label].filter(Boolean).join(' · ')] as const,
        ),
        ...(hasNextPage
          ? [[OLDER, t(isFetchingNextPage ? 'compare.older.loading' : 'compare.older')] as const]
          : []),
      ]}
      onValue={compare}
    />
  );
}

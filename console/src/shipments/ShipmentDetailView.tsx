import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, type ReactNode } from 'react';
import { shipmentEventsQuery, shipmentQuery } from '../api/queries';
import type { ShipmentDetail } from '../api/types';
import { useI18n } from '../i18n/context';
import { useMediaQuery } from '../lib/hooks';
import { useTitle } from '../ui/page';
import { ErrorState, Skeleton } from '../ui/states';
import { DetailActions, DetailHeading } from './DetailHeading';
import { Facts, KeyFacts } from './Facts';
import { Journey } from './Journey';
import { Office } from './Office';
import { Sources } from './Sources';
import { Timeline } from './Timeline';
import { Why } from './Why';

/** Wide enough for the story and the facts side by side. */
const WIDE = '(min-width: 1024px)';

interface DetailViewProps {
  id: string;
  layout: 'panel' | 'page';
  actions?: ReactNode;
  /** When it changes the heading takes the focus; 0 leaves the focus alone. */
  focusKey?: number;
}

export function ShipmentDetailView({ id, layout, actions, focusKey = 0 }: DetailViewProps) {
  const { data: shipment, error, refetch } = useQuery(shipmentQuery(id));
  if (!shipment) {
    return (
      <>
        <div className="flex h-14 items-center justify-end gap-1 px-2">{actions}</div>
        {error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <DetailSkeleton />}
      </>
    );
  }
  return <Loaded shipment={shipment} layout={layout} actions={actions} focusKey={focusKey} />;
}

function DetailSkeleton() {
  return (
    <div className="grid gap-4 px-4 md:px-6">
      <Skeleton className="h-7 w-48" />
      <Skeleton className="h-10" />
      <Skeleton className="h-32" />
      <Skeleton className="h-64" />
    </div>
  );
}

interface LoadedProps {
  shipment: ShipmentDetail;
  layout: 'panel' | 'page';
  actions: ReactNode;
  focusKey: number;
}

function Loaded({ shipment, layout, actions, focusKey }: LoadedProps) {
  const { t } = useI18n();
  const events = useInfiniteQuery(shipmentEventsQuery(shipment.id));
  const wide = useMediaQuery(WIDE);
  const heading = useRef<HTMLHeadingElement>(null);
  useTitle(`${t('table.tracking')} ${shipment.tracking_number}`);
  useEffect(() => {
    if (focusKey > 0) heading.current?.focus({ preventScroll: true });
  }, [focusKey]);

  const loaded = events.data?.pages.flatMap((page) => page.items) ?? [];
  const timeline = <Timeline shipment={shipment} events={events} loaded={loaded} />;
  const journey = <Journey shipment={shipment} events={loaded} />;
  const head = (
    <DetailHeading
      ref={heading}
      shipment={shipment}
      level={layout === 'page' ? 1 : 2}
      actions={actions}
    />
  );
  if (!wide || layout === 'panel') {
    return (
      <article className="pb-8">
        {head}
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6 px-4 md:px-5">
          {journey}
          <KeyFacts shipment={shipment} />
          <Office shipment={shipment} />
          <DetailActions shipment={shipment} />
          <Why shipment={shipment} />
          {timeline}
          <Sources shipment={shipment} />
          <Facts shipment={shipment} />
        </div>
      </article>
    );
  }
  return (
    <article className="mx-auto max-w-6xl">
      {head}
      <div className="grid grid-cols-[minmax(0,1fr)_22rem] gap-6 px-4">
        <div className="grid content-start gap-6 rounded-lg border bg-surface p-6">
          {journey}
          {timeline}
        </div>
        <div className="grid content-start gap-6 rounded-lg border bg-surface p-6">
          <KeyFacts shipment={shipment} />
          <Office shipment={shipment} />
          <DetailActions shipment={shipment} />
          <Why shipment={shipment} />
          <Sources shipment={shipment} />
          <Facts shipment={shipment} />
        </div>
      </div>
    </article>
  );
}

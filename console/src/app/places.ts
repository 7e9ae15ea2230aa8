import {
  FileUp,
  Gauge,
  GitCompareArrows,
  Layers,
  ListOrdered,
  PackageSearch,
  ShoppingBag,
  Store,
  Tags,
  Timer,
  TrafficCone,
  Truck,
  Warehouse,
  Wrench,
  type LucideIcon,
} from 'lucide-react';
import type { MessageKey } from '../i18n/es';

export interface Place {
  to:
    | '/cola'
    | '/guias'
    | '/pedidos'
    | '/importar'
    | '/cargas'
    | '/discrepancias'
    | '/oficinas'
    | '/rutas'
    | '/rondas'
    | '/estados'
    | '/fallas'
    | '/tiendas'
    | '/transportadoras'
    | '/riesgo';
  icon: LucideIcon;
  label: MessageKey;
  short: MessageKey;
}

/** A place that only those see who may look at it. */
export interface GuardedPlace extends Place {
  permission: string;
  /** What one does there, for the list of places on a phone. */
  body: MessageKey;
}

export interface PlaceGroup {
  label: MessageKey;
  places: readonly GuardedPlace[];
}

/** Where one works every day. */
export const DAILY: readonly Place[] = [
  { to: '/cola', icon: ListOrdered, label: 'nav.queue', short: 'nav.queue.short' },
  { to: '/guias', icon: Truck, label: 'nav.shipments', short: 'nav.shipments' },
  { to: '/pedidos', icon: ShoppingBag, label: 'nav.orders', short: 'nav.orders' },
  { to: '/importar', icon: FileUp, label: 'nav.import', short: 'nav.import' },
];

const GROUPS: readonly PlaceGroup[] = [
  {
    label: 'nav.operation',
    places: [
      {
        to: '/cargas',
        icon: Layers,
        label: 'nav.batches',
        short: 'nav.batches',
        permission: 'guides:read',
        body: 'nav.batches.body',
      },
      {
        to: '/oficinas',
        icon: Warehouse,
        label: 'nav.offices',
        short: 'nav.offices',
        permission: 'guides:read',
        body: 'nav.offices.body',
      },
      {
        to: '/discrepancias',
        icon: GitCompareArrows,
        label: 'nav.discrepancies',
        short: 'nav.discrepancies',
        permission: 'guides:read',
        body: 'nav.discrepancies.body',
      },
      {
        to: '/rutas',
        icon: TrafficCone,
        label: 'nav.routes',
        short: 'nav.routes',
        permission: 'analytics:read',
        body: 'nav.routes.body',
      },
      {
        to: '/rondas',
        icon: Timer,
        label: 'nav.rounds',
        short: 'nav.rounds',
        permission: 'users:read',
        body: 'nav.rounds.body',
      },
      {
        to: '/estados',
        icon: Tags,
        label: 'nav.statuses',
        short: 'nav.statuses',
        permission: 'guides:read',
        body: 'nav.statuses.body',
      },
      {
        to: '/fallas',
        icon: Wrench,
        label: 'nav.failures',
        short: 'nav.failures',
        permission: 'system:admin',
        body: 'nav.failures.body',
      },
    ],
  },
  {
    label: 'nav.settings',
    places: [
      {
        to: '/tiendas',
        icon: Store,
        label: 'nav.shops',
        short: 'nav.shops',
        permission: 'system:config',
        body: 'nav.shops.body',
      },
      {
        to: '/transportadoras',
        icon: PackageSearch,
        label: 'nav.carriers',
        short: 'nav.carriers',
        permission: 'guides:read',
        body: 'nav.carriers.body',
      },
      {
        to: '/riesgo',
        icon: Gauge,
        label: 'nav.risk',
        short: 'nav.risk',
        permission: 'guides:read',
        body: 'nav.risk.body',
      },
    ],
  },
];

/** The groups behind the daily places, without what the person may not see. */
export function groupsFor(permissions: readonly string[]): PlaceGroup[] {
  return GROUPS.map((group) => ({
    ...group,
    places: group.places.filter(({ permission }) => permissions.includes(permission)),
  })).filter(({ places }) => places.length > 0);
}

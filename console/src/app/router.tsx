import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { sessionQuery } from '../api/queries';
import {
  parseSearchString,
  parseShipmentSearch,
  safeNext,
  stringifySearch,
  type ShipmentSearch,
} from '../lib/filters';
import { BATCH_STATUSES, type BatchStatus } from '../api/types';
import { parseBatchSearch, parseCompareSearch } from '../lib/batches';
import { parseDiscrepancySearch } from '../lib/discrepancies';
import { parseRoundSearch } from '../lib/roundSearch';
import { parseOfficeSearch } from '../lib/officeSearch';
import { parseRouteSearch, type RouteSearch } from '../lib/routes';
import { NotFound, Pending, RouteError } from './fallbacks';
import { queryClient, whenSessionExpires } from './queryClient';

interface LoginSearch {
  next?: string;
  reason?: 'expired';
}

interface SetupSearch {
  token?: string;
}

const rootRoute = createRootRoute({ notFoundComponent: NotFound });

export const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  validateSearch: (raw: Record<string, unknown>): LoginSearch => ({
    ...(typeof raw.next === 'string' ? { next: safeNext(raw.next) } : {}),
    ...(raw.reason === 'expired' ? { reason: 'expired' } : {}),
  }),
  component: lazyRouteComponent(() => import('../auth/LoginPage'), 'LoginPage'),
});

export const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup',
  validateSearch: (raw: Record<string, unknown>): SetupSearch =>
    typeof raw.token === 'string' ? { token: raw.token } : {},
  component: lazyRouteComponent(() => import('../auth/SetupPage'), 'SetupPage'),
});

/** Everything behind the log-in. */
const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'app',
  beforeLoad: async ({ location }) => {
    const session = await queryClient.query({ ...sessionQuery, staleTime: 'static' });
    if (!session) throw redirect({ to: '/login', search: { next: location.href } });
  },
  component: lazyRouteComponent(() => import('./Shell'), 'Shell'),
});

const homeRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/cola', replace: true });
  },
});

export const queueRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/cola',
  validateSearch: (raw: Record<string, unknown>): ShipmentSearch => parseShipmentSearch(raw),
  component: lazyRouteComponent(() => import('../shipments/QueuePage'), 'QueuePage'),
});

export const shipmentsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/guias',
  validateSearch: (raw: Record<string, unknown>): ShipmentSearch => parseShipmentSearch(raw),
  component: lazyRouteComponent(() => import('../shipments/ShipmentsPage'), 'ShipmentsPage'),
});

export const shipmentRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/guias/$id',
  component: lazyRouteComponent(() => import('../shipments/ShipmentPage'), 'ShipmentPage'),
});

export const importsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/importar',
  component: lazyRouteComponent(() => import('../imports/ImportsPage'), 'ImportsPage'),
});

export const importRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/importar/$id',
  component: lazyRouteComponent(() => import('../imports/ImportPage'), 'ImportPage'),
});

export const ordersRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/pedidos',
  component: lazyRouteComponent(() => import('../orders/OrdersPage'), 'OrdersPage'),
});

export const moreRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/mas',
  component: lazyRouteComponent(() => import('./MorePage'), 'MorePage'),
});

export const batchesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/cargas',
  validateSearch: (raw: Record<string, unknown>): { status?: BatchStatus } => {
    const status = BATCH_STATUSES.find((each) => each === raw.status);
    return status ? { status } : {};
  },
  component: lazyRouteComponent(() => import('../batches/BatchesPage'), 'BatchesPage'),
});

export const batchRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/cargas/$id',
  validateSearch: parseBatchSearch,
  component: lazyRouteComponent(() => import('../batches/BatchPage'), 'BatchPage'),
});

export const compareRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/cargas/$id/comparar',
  validateSearch: parseCompareSearch,
  component: lazyRouteComponent(() => import('../batches/ComparePage'), 'ComparePage'),
});

export const officesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/oficinas',
  validateSearch: parseOfficeSearch,
  component: lazyRouteComponent(() => import('../offices/OfficesPage'), 'OfficesPage'),
});

export const discrepanciesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/discrepancias',
  validateSearch: parseDiscrepancySearch,
  component: lazyRouteComponent(
    () => import('../discrepancies/DiscrepanciesPage'),
    'DiscrepanciesPage',
  ),
});

export const statusesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/estados',
  component: lazyRouteComponent(() => import('../statuses/StatusesPage'), 'StatusesPage'),
});

export const routesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/rutas',
  validateSearch: (raw: Record<string, unknown>): RouteSearch => parseRouteSearch(raw),
  component: lazyRouteComponent(() => import('../routes/RoutesPage'), 'RoutesPage'),
});

export const roundsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/rondas',
  validateSearch: parseRoundSearch,
  component: lazyRouteComponent(() => import('../rounds/RoundsPage'), 'RoundsPage'),
});

export const carriersRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/transportadoras',
  component: lazyRouteComponent(() => import('../carriers/CarriersPage'), 'CarriersPage'),
});

export const shopsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/tiendas',
  component: lazyRouteComponent(() => import('../shops/ShopsPage'), 'ShopsPage'),
});

export const riskRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/riesgo',
  component: lazyRouteComponent(() => import('../risk/RiskPage'), 'RiskPage'),
});

export const failuresRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/fallas',
  component: lazyRouteComponent(() => import('../operations/FailuresPage'), 'FailuresPage'),
});

export const securityRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/seguridad',
  component: lazyRouteComponent(() => import('../security/SecurityPage'), 'SecurityPage'),
});

const routeTree = rootRoute.addChildren([
  loginRoute,
  setupRoute,
  appRoute.addChildren([
    homeRoute,
    queueRoute,
    shipmentsRoute,
    shipmentRoute,
    importsRoute,
    importRoute,
    ordersRoute,
    moreRoute,
    batchesRoute,
    batchRoute,
    compareRoute,
    officesRoute,
    discrepanciesRoute,
    statusesRoute,
    routesRoute,
    roundsRoute,
    carriersRoute,
    shopsRoute,
    riskRoute,
    failuresRoute,
    securityRoute,
  ]),
]);

export const router = createRouter({
  routeTree,
  parseSearch: parseSearchString,
  stringifySearch,
  defaultPendingComponent: Pending,
  defaultErrorComponent: RouteError,
  defaultPendingMs: 400,
});

whenSessionExpires(() => {
  const { pathname, href } = router.state.location;
  if (pathname === '/login' || pathname === '/setup') return;
  queryClient.setQueryData(sessionQuery.queryKey, null);
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
  void router.navigate({ to: '/login', search: { next: href, reason: 'expired' } });
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

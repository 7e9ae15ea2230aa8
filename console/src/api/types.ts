/**
 * Names for the shapes of the HTTP interface. The shapes themselves are generated from the server's own
 * description; the lists below are checked against it.
 */
import type { components } from './openapi';

type Schemas = components['schemas'];

export type Session = Schemas['Session'];
export type OpenSession = Schemas['OpenSession'];
export type Role = Schemas['SessionUser']['role'];
export type Money = Schemas['Money'];
export type City = Schemas['City'];
export type Carrier = Schemas['Carrier'];
export type Facets = Schemas['Facets'];
export type Shipment = Schemas['Shipment'];
export type ShipmentDetail = Schemas['ShipmentDetail'];
export type ShipmentEvent = Schemas['ShipmentEvent'];
export type RiskReason = Schemas['Reason'];
export type QueueSummary = Schemas['QueueSummary'];
export type ImportJob = Schemas['Import'];
export type ImportResult = Schemas['ImportTotals'];
export type FailedRow = Schemas['FailedRow'];
export type Order = Schemas['Order'];
export type NewOrder = Schemas['NewOrderBody'];

export type UnmappedStatus = Schemas['Page_UnmappedStatus']['items'][number];
/** A mapping as the list answers it: nothing is left out. */
export type StatusMapping = Schemas['Page_StatusMapping']['items'][number];
export type RoundPeople = Schemas['RoundPeople'];
export type RoundPerson = Schemas['RoundPerson'];
export type Route = Schemas['Page_Route']['items'][number];
export type RouteGrid = Schemas['RouteGrid'];
export type RouteLosses = Schemas['RouteLosses'];
export type RouteMatrix = Schemas['RouteMatrix'];
export type BestCarrier = Schemas['BestCarrier'];
export type CarrierOffer = Schemas['CarrierOffer'];
export type AssignmentSimulation = Schemas['AssignmentSimulation'];
export type RoutePause = Schemas['RoutePause'];
export type NewRoutePause = Schemas['NewRoutePause'];
export type RoutePolicy = Schemas['RoutePolicy'];
export type RoutePolicyInForce = Schemas['RoutePolicyInForce'];
export type OfficeStay = Schemas['OfficeStay'];
export type OfficeStays = Schemas['OfficeStays'];
export type WaitingParcel = OfficeStays['items'][number];
export type ShipmentSources = Schemas['ShipmentSources'];
export type Discrepancy = Schemas['Discrepancy'];
export type DiscrepancyKind = Discrepancy['kind'];
export type DiscrepancyCounts = Schemas['DiscrepancyCounts'];
export type CarrierWithRules = Schemas['CarrierWithRules'];
export type CarrierRules = CarrierWithRules['rules'];
export type CarrierChange = Schemas['CarrierChange'];
export type CarrierConnection = Schemas['CarrierConnection'];
export type CarrierCredential = Schemas['CarrierCredential'];
export type NewCarrierConnection = Schemas['NewCarrierConnection'];
export type CarrierHealth = Schemas['CarrierHealth'];
export type CarrierDetection = Schemas['CarrierDetection'];
export type Shop = Schemas['Shop'];
export type NewShop = Schemas['NewShop'];
export type WebhookFailure = Schemas['Page_WebhookFailure']['items'][number];
export type PrivacyRequest = Schemas['Page_PrivacyRequest']['items'][number];
export type RiskPolicy = Schemas['RiskPolicy'];
export type NewRiskPolicy = Schemas['NewRiskPolicy'];
export type DeadTask = Schemas['Page_DeadTask']['items'][number];
export type ParkedEvent = Schemas['Page_ParkedEvent']['items'][number];

export type ShipmentStatus = Shipment['status'];
export type ExceptionReason = Shipment['exception_reason'];
export type RiskLevel = Schemas['Risk']['level'];
export type OrderStatus = Order['status'];
export type Batch = Schemas['Batch'];
export type BatchStatus = Batch['status'];
export type BatchProgress = Schemas['BatchCarrierProgress'];
export type BatchShipment = Schemas['BatchShipment'];
export type BatchComparison = Schemas['BatchComparison'];
export type ComparedShipment = Schemas['ComparedShipment'];
export type FilledBatch = Schemas['FilledBatch'];
export type Marked = Schemas['Marked'];
export type ImportStatus = ImportJob['status'];
export type ImportPhase = ImportJob['phase'];

/** RFC 9457 problem; the known extensions are optional members. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string | null;
  errors?: { field: string; code: string; detail?: string }[];
  first_import_id?: string;
  first_loaded_at?: string;
  limit_bytes?: number;
  /** Seconds. */
  retry_after?: number;
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** A list that must name every member of a union, each once. */
function every<T extends string>() {
  return <L extends readonly T[]>(list: [T] extends [L[number]] ? L : never): L => list;
}

export const SHIPMENT_STATUSES = every<ShipmentStatus>()([
  'CREATED',
  'PROCESSING',
  'SHIPPED',
  'IN_TRANSIT',
  'OUT_FOR_DELIVERY',
  'IN_OFFICE',
  'DELIVERED',
  'ISSUE',
  'RETURNED',
  'CANCELLED',
] as const);

export const BATCH_STATUSES = every<BatchStatus>()(['open', 'closed', 'archived'] as const);

export const DISCREPANCY_KINDS = every<DiscrepancyKind>()([
  'delivery_disputed',
  'after_the_end',
  'delivered_unseen',
  'status_mismatch',
  'moved_back',
] as const);

export const RISK_LEVELS = every<RiskLevel>()(['HIGH', 'MEDIUM', 'LOW'] as const);

export const EXCEPTION_REASONS = every<ExceptionReason>()([
  'NONE',
  'BAD_ADDRESS',
  'RECIPIENT_UNAVAILABLE',
  'REJECTED',
  'DAMAGED',
  'LOST',
  'DOCUMENTATION',
  'PAYMENT_PENDING',
  'SECURITY',
  'WEATHER',
  'DELIVERY_ATTEMPT_FAILED',
  'BAD_PHONE',
  'RESCHEDULED',
  'COD_ISSUE',
  'REMOTE_AREA',
  'OTHER',
] as const);

export const IMPORT_PHASES = every<ImportPhase>()([
  'waiting',
  'reading',
  'applying',
  'done',
] as const);

/** Reasons that the catalogues explain; a newer server may send others. */
export const RISK_REASON_CODES = [
  '24h_no_movement',
  '48h_no_movement',
  '72h_no_movement',
  '120h_no_movement',
  'status_at_office',
  'status_exception',
  'status_return',
  'status_in_transit',
  'status_out_for_delivery',
  'status_early',
  'novedad_present',
  'risky_city',
  'risky_carrier',
  'status_delivered',
] as const;

/**
 * Shapes of the HTTP interface as the console uses them. This is the only module that
 * describes them, so the generated `openapi.d.ts` can take its place without touching a page.
 */

export type Role = 'admin' | 'operator' | 'viewer';

export interface Session {
  user: { id: string; name: string; email: string; role: Role };
  tenant: { id: string; slug: string; name: string; demo?: boolean };
  csrf_token: string;
  permissions: string[];
}

/** RFC 9457 problem; the known extensions are optional members. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  errors?: { field: string; code: string; detail?: string }[];
  first_import_id?: string;
  first_loaded_at?: string;
  limit_bytes?: number;
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** `amount` is in whole pesos for COP (exponent 0). */
export interface Money {
  amount: number;
  currency: string;
}

export const SHIPMENT_STATUSES = [
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
] as const;
export type ShipmentStatus = (typeof SHIPMENT_STATUSES)[number];

export const RISK_LEVELS = ['HIGH', 'MEDIUM', 'LOW'] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];

export const EXCEPTION_REASONS = [
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
] as const;
export type ExceptionReason = (typeof EXCEPTION_REASONS)[number];

export const RISK_REASON_CODES = [
  '24h_no_movement',
  '48h_no_movement',
  '72h_no_movement',
  '120h_no_movement',
  'no_movement_date',
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
export type RiskReasonCode = (typeof RISK_REASON_CODES)[number];

export interface RiskReason {
  /** One of {@link RISK_REASON_CODES}; a newer server may send others. */
  code: string;
  points: number;
}

export interface City {
  name: string;
  department: string | null;
  dane_code: string | null;
  ambiguous: boolean;
}

export interface Carrier {
  code: string;
  name: string;
}

export interface Shipment {
  id: string;
  tracking_number: string;
  carrier: Carrier;
  status: ShipmentStatus;
  status_known: boolean;
  exception_reason: ExceptionReason;
  /** For RETURNED: the parcel is still on its way back. */
  return_in_process?: boolean;
  raw_status: string;
  novelty: string | null;
  city: City;
  risk: {
    score: number;
    level: RiskLevel;
    terminal: boolean;
    reasons: RiskReason[];
    next_change_at: string | null;
  };
  last_movement_at: string | null;
  last_movement_text: string | null;
  recipient: { name: string | null; phone: string | null; masked: boolean };
  collect: Money | null;
  order_id: string | null;
}

export interface ShipmentDetail extends Shipment {
  guide_created_at: string | null;
  first_seen_at: string;
  updated_at: string;
  days_in_transit: number | null;
  event_count: number;
  duplicate_count: number;
  out_of_order_count: number;
  address: string | null;
  tracking_url: string | null;
}

export interface ShipmentEvent {
  id: string;
  occurred_at: string;
  received_at: string;
  status: ShipmentStatus;
  status_known: boolean;
  exception_reason: ExceptionReason;
  raw_status: string;
  text: string | null;
  novelty: string | null;
  /** In the words of the source. */
  city: string | null;
  source: string;
  out_of_order: boolean;
  import_id: string | null;
}

export interface QueueSummary {
  high: number;
  medium: number;
  low: number;
  terminal: number;
  /** Phrases of carriers that no table knows. */
  unmapped_statuses: number;
  last_import: null | {
    id: string;
    file_name: string;
    status: ImportStatus;
    finished_at: string | null;
  };
}

export type ImportStatus = 'queued' | 'running' | 'completed' | 'partial' | 'failed';
export const IMPORT_PHASES = ['waiting', 'reading', 'applying', 'done'] as const;
export type ImportPhase = (typeof IMPORT_PHASES)[number];

export interface FailedRow {
  row: number;
  column: string | null;
  value: string | null;
  reason: string;
  /** The whole row was left out; otherwise only this value. */
  row_left_out?: boolean;
}

export interface ImportResult {
  rows_read: number;
  rows_skipped: number;
  rows_failed: number;
  orders_created: number;
  orders_updated: number;
  shipments_created: number;
  shipments_updated: number;
  events_new: number;
  events_duplicate: number;
  events_out_of_order: number;
}

export interface ImportJob {
  id: string;
  file_name: string;
  size_bytes: number;
  status: ImportStatus;
  phase: ImportPhase;
  format: 'dropi_event_log' | 'dropi_history' | 'dropi_office_claims' | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  progress: { rows_total: number | null; rows_read: number; rows_applied: number };
  result: ImportResult | null;
  error: null | { code: string; detail: string; columns: string[] };
  /** `detail` names the columns or sheets, in the words of the file. */
  warnings: { code: string; detail: string }[];
  /** First 100; absent in lists. */
  failed_rows?: FailedRow[];
}

export type OrderStatus =
  | 'PENDING'
  | 'CONFIRMED'
  | 'PREPARING'
  | 'SHIPPED'
  | 'IN_TRANSIT'
  | 'AT_DESTINATION'
  | 'OUT_FOR_DELIVERY'
  | 'DELIVERED'
  | 'RETURNED'
  | 'CANCELLED'
  | 'REFUNDED';

export interface Order {
  id: string;
  number: string;
  source: 'dropi' | 'shopify' | 'manual' | 'api';
  status: OrderStatus;
  customer: { name: string | null; phone: string | null; masked: boolean };
  city: City | null;
  total: Money | null;
  tracking_number: string | null;
  placed_at: string | null;
  updated_at: string;
}

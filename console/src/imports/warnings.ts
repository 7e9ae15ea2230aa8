import type { ImportJob } from '../api/types';
import type { Translator } from '../i18n/translate';

const KNOWN_WARNINGS = [
  'unmatched_columns',
  'duplicate_columns',
  'supplier_price_without_total',
  'no_total_column',
  'other_sheets_left_out',
  'saved_layout',
  'rows_are_not_orders',
  'sum_counts_orders_twice',
  'failed_rows_left_out',
  'paste_more',
  'finance_not_kept',
  'finance_by_order',
  'few_columns',
  'rows_without_total',
  'unknown_carriers',
] as const;

export function warningText(
  { code, detail }: ImportJob['warnings'][number],
  { t, lookUp }: Translator,
): string {
  // What a file is that holds no shipments.
  const foreign = code === 'holds_no_shipments' && lookUp(`import.error.${detail}`);
  if (foreign) return foreign;
  const known = KNOWN_WARNINGS.find((each) => each === code);
  return known ? t(`warning.${known}`, { detail }) : t('warning.other', { code, detail });
}

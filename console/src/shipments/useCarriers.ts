import { useQuery } from '@tanstack/react-query';
import { facetsQuery } from '../api/queries';
import { useI18n } from '../i18n/context';

/** Code of carriers that Litper does not know. */
const OTHER = 'otro';

/** Carriers that shipments have, by name, and the name of any code. */
export function useCarriers() {
  const { t } = useI18n();
  const { data } = useQuery(facetsQuery);
  const names = new Map(data?.carriers.map(({ code, name }) => [code, name]));
  const nameOf = (code: string) => {
    if (code === OTHER) return t('carrier.other');
    return names.get(code) ?? code.charAt(0).toUpperCase() + code.slice(1);
  };
  const options = [...names.keys()]
    .map((code) => [code, nameOf(code)] as const)
    .sort(([, a], [, b]) => a.localeCompare(b));
  return { nameOf, options };
}

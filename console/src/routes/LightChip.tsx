import { CircleCheck, CircleDashed, OctagonX, TriangleAlert, type LucideIcon } from 'lucide-react';
import { useI18n } from '../i18n/context';
import { ROUTE_LIGHTS, type RouteLight } from '../lib/routes';
import { Chip, type Tone } from '../ui/Chip';

const LOOK: Record<RouteLight, { tone: Tone; icon: LucideIcon }> = {
  green: { tone: 'green', icon: CircleCheck },
  amber: { tone: 'amber', icon: TriangleAlert },
  red: { tone: 'red', icon: OctagonX },
  grey: { tone: 'grey', icon: CircleDashed },
};

/** Each light has a shape and a word of its own, so that colour is never alone. */
export function LightChip({ light }: { light: string }) {
  const { t } = useI18n();
  const known = ROUTE_LIGHTS.find((each) => each === light) ?? 'grey';
  const { tone, icon } = LOOK[known];
  return (
    <Chip tone={tone} icon={icon} title={t(`light.${known}.title`)}>
      {t(`light.${known}`)}
    </Chip>
  );
}

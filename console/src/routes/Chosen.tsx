import { BestCarrierDialog } from './BestCarrierDialog';
import { PauseDialog } from './PauseDialog';

/** What a person asks of a route or a city. */
export type RouteAction =
  | { name: 'best'; city: string; cityName: string }
  | { name: 'pause'; city?: string; cityName?: string; carrier?: string };

export interface RouteActions {
  onAction: (action: RouteAction) => void;
  mayPause: boolean;
}

export function Chosen({
  action,
  onClose,
}: {
  action: RouteAction | undefined;
  onClose: () => void;
}) {
  switch (action?.name) {
    case 'best':
      return <BestCarrierDialog city={action.city} cityName={action.cityName} onClose={onClose} />;
    case 'pause':
      return <PauseDialog start={action} onClose={onClose} />;
    case undefined:
      return null;
  }
}

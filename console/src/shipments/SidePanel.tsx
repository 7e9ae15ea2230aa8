import { Link } from '@tanstack/react-router';
import { Maximize2, X } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, type ReactNode } from 'react';
import { useI18n } from '../i18n/context';
import { IconButton, iconButtonClass } from '../ui/Button';
import { Skeleton } from '../ui/states';

const ShipmentDetailView = lazy(() =>
  import('./ShipmentDetailView').then((module) => ({ default: module.ShipmentDetailView })),
);

interface SidePanelProps {
  id: string;
  /** Guía of the shipment, when the list has it. */
  number: string | undefined;
  phone: boolean;
  focusKey: number;
  onClose: () => void;
}

/** The detail beside the list; on a phone it takes the whole screen. */
export function SidePanel({ id, number = '', phone, focusKey, onClose }: SidePanelProps) {
  const { t } = useI18n();
  const label = t('detail.panel', { number }).trim();
  const content = (
    <Suspense fallback={<Skeleton className="m-4 h-48" />}>
      <ShipmentDetailView
        key={id}
        id={id}
        layout="panel"
        focusKey={focusKey}
        actions={
          <>
            <Link
              to="/guias/$id"
              params={{ id }}
              aria-label={t('detail.full')}
              title={t('detail.full')}
              className={iconButtonClass()}
            >
              <Maximize2 size={16} aria-hidden />
            </Link>
            <IconButton label={t('detail.close')} onClick={onClose}>
              <X size={18} aria-hidden />
            </IconButton>
          </>
        }
      />
    </Suspense>
  );
  if (phone)
    return (
      <FullScreen label={label} onClose={onClose}>
        {content}
      </FullScreen>
    );
  return (
    <aside
      aria-label={label}
      className="animate-panel w-[26rem] shrink-0 max-[1100px]:absolute max-[1100px]:inset-y-0 max-[1100px]:right-0 max-[1100px]:z-20 overflow-y-auto border-l bg-surface xl:w-[30rem]"
    >
      {content}
    </aside>
  );
}

interface FullScreenProps {
  label: string;
  onClose: () => void;
  children: ReactNode;
}

function FullScreen({ label, onClose, children }: FullScreenProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className="m-0 h-dvh max-h-none w-screen max-w-none overflow-y-auto bg-surface p-0 text-ink"
    >
      {children}
    </dialog>
  );
}

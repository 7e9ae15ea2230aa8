import { X } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useI18n } from '../i18n/context';
import { IconButton } from './Button';

interface DialogProps {
  title: string;
  onClose: () => void;
  wide?: boolean;
  /** Called with what closes the dialog. */
  children: (close: () => void) => ReactNode;
}

/** A window over the page; Esc and the cross close it, and the focus returns to where it was. */
export function Dialog({ title, onClose, wide = false, children }: DialogProps) {
  const { t } = useI18n();
  const [dialog, setDialog] = useState<HTMLDialogElement | null>(null);
  useEffect(() => dialog?.showModal(), [dialog]);
  const close = () => dialog?.close();
  return (
    <dialog
      ref={setDialog}
      aria-label={title}
      onClose={onClose}
      className={`m-auto max-h-[92dvh] overflow-y-auto rounded-lg border bg-surface p-0 text-ink ${wide ? 'w-[min(48rem,calc(100vw-1.5rem))]' : 'w-[min(34rem,calc(100vw-1.5rem))]'}`}
    >
      <header className="sticky top-0 z-10 flex items-center justify-between gap-2 border-b bg-surface py-1 pr-2 pl-4 md:pl-6">
        <h2 className="min-w-0 truncate text-lg font-semibold">{title}</h2>
        <IconButton label={t('dialog.close')} onClick={close}>
          <X size={17} aria-hidden />
        </IconButton>
      </header>
      <div className="grid gap-4 p-4 md:p-6">{children(close)}</div>
    </dialog>
  );
}

export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap justify-end gap-2">{children}</div>;
}

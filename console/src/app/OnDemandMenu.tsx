import { lazy, Suspense, useState, type ComponentType, type ReactNode } from 'react';
import { iconButtonClass } from '../ui/Button';

interface OnDemandMenuProps<P> {
  /** Fetches the menu; the first call is made when the pointer or the focus comes near. */
  load: () => Promise<ComponentType<P>>;
  props: P;
  label: string;
  children: ReactNode;
}

/** A menu button whose menu is fetched when somebody wants it, to keep the first load small. */
export function OnDemandMenu<P extends object>(menu: OnDemandMenuProps<P>) {
  const { load, props, label, children } = menu;
  const [Menu, setMenu] = useState<ComponentType<P>>();
  const button = (onClick?: () => void) => (
    <button
      type="button"
      aria-label={label}
      aria-haspopup="menu"
      aria-expanded={false}
      title={label}
      className={iconButtonClass()}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={onClick}
    >
      {children}
    </button>
  );
  if (!Menu) {
    return button(() => setMenu(() => lazy(async () => ({ default: await load() }))));
  }
  return (
    <Suspense fallback={button()}>
      <Menu {...props} />
    </Suspense>
  );
}

import * as Menu from '@radix-ui/react-dropdown-menu';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Check, LogOut, ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { logOut, sessionQuery } from '../api/queries';
import type { Session } from '../api/types';
import { useI18n } from '../i18n/context';
import type { Locale } from '../lib/format';
import { THEMES, type Theme } from '../lib/theme';
import { iconButtonClass } from '../ui/Button';
import { Avatar, THEME_ICON } from './menuFaces';

const CONTENT =
  'z-40 min-w-52 rounded-lg border bg-surface p-1 text-sm shadow-[0_8px_24px_rgb(0_0_0/0.12)]';
const ITEM =
  'flex h-11 cursor-pointer items-center gap-3 rounded-sm px-3 outline-none data-highlighted:bg-hover md:h-9';
const LOCALES: readonly Locale[] = ['es', 'en'];

/**
 * Opens at once: it is fetched by the press that asks for it.
 * `modal={false}`: the modal form injects a style element, which the page policy refuses.
 */
function MenuFrame({ trigger, children }: { trigger: ReactNode; children: ReactNode }) {
  return (
    <Menu.Root modal={false} defaultOpen>
      <Menu.Trigger asChild>{trigger}</Menu.Trigger>
      <Menu.Content align="end" sideOffset={8} collisionPadding={8} className={CONTENT}>
        {children}
      </Menu.Content>
    </Menu.Root>
  );
}

function Choice({ value, children }: { value: string; children: ReactNode }) {
  return (
    <Menu.RadioItem value={value} className={ITEM}>
      <span className="flex flex-1 items-center gap-3">{children}</span>
      <Menu.ItemIndicator>
        <Check size={16} aria-hidden />
      </Menu.ItemIndicator>
    </Menu.RadioItem>
  );
}

export interface ThemeMenuProps {
  theme: Theme;
  onTheme: (theme: Theme) => void;
}

export function ThemeMenu({ theme, onTheme }: ThemeMenuProps) {
  const { t } = useI18n();
  const Current = THEME_ICON[theme];
  const trigger = (
    <button
      type="button"
      aria-label={t('theme.label')}
      title={t('theme.label')}
      className={iconButtonClass()}
    >
      <Current size={17} aria-hidden />
    </button>
  );
  return (
    <MenuFrame trigger={trigger}>
      <Menu.RadioGroup value={theme} onValueChange={(value) => onTheme(value as Theme)}>
        {THEMES.map((choice) => {
          const Icon = THEME_ICON[choice];
          return (
            <Choice key={choice} value={choice}>
              <Icon size={16} aria-hidden /> {t(`theme.${choice}`)}
            </Choice>
          );
        })}
      </Menu.RadioGroup>
    </MenuFrame>
  );
}

function useLogOut() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: logOut,
    onSuccess: async () => {
      queryClient.setQueryData(sessionQuery.queryKey, null);
      await navigate({ to: '/login' });
      queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
    },
  });
}

export function UserMenu({ session }: { session: Session }) {
  const { t, locale, setLocale } = useI18n();
  const leave = useLogOut();
  const navigate = useNavigate();
  const { user } = session;
  const trigger = (
    <button
      type="button"
      aria-label={t('user.menu', { name: user.name })}
      className={iconButtonClass()}
    >
      <Avatar name={user.name} />
    </button>
  );
  return (
    <MenuFrame trigger={trigger}>
      <div className="max-w-64 px-3 py-2">
        <p className="truncate font-semibold">{user.name}</p>
        <p className="truncate text-xs text-ink-2">{user.email}</p>
        <p className="text-xs text-ink-2">{t(`role.${user.role}`)}</p>
      </div>
      <Menu.Separator className="my-1 h-px bg-line" />
      <Menu.Label className="px-3 py-1 text-xs text-ink-2">{t('language.label')}</Menu.Label>
      <Menu.RadioGroup value={locale} onValueChange={(value) => setLocale(value as Locale)}>
        {LOCALES.map((choice) => (
          <Choice key={choice} value={choice}>
            {t(`language.${choice}`)}
          </Choice>
        ))}
      </Menu.RadioGroup>
      <Menu.Separator className="my-1 h-px bg-line" />
      <Menu.Item className={ITEM} onSelect={() => void navigate({ to: '/seguridad' })}>
        <ShieldCheck size={16} aria-hidden /> {t('security.title')}
      </Menu.Item>
      <Menu.Item className={ITEM} onSelect={() => leave.mutate()}>
        <LogOut size={16} aria-hidden /> {t('user.logOut')}
      </Menu.Item>
    </MenuFrame>
  );
}

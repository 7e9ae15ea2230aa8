import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useI18n } from '../i18n/context';
import { IconButton } from '../ui/Button';
import { When } from '../ui/When';
import { deleteProfile, profilesQuery } from './mapping';

/** Layouts that were confirmed once and are known again. */
export function SavedLayouts() {
  const { t } = useI18n();
  const queryClient = useQueryClient();
  const { data } = useQuery(profilesQuery);
  const remove = useMutation({
    mutationFn: deleteProfile,
    onSettled: () => queryClient.invalidateQueries({ queryKey: profilesQuery.queryKey }),
  });
  if (!data || data.items.length === 0) return null;
  return (
    <section className="grid gap-2">
      <h2 className="font-semibold">{t('import.saved')}</h2>
      <ul className="divide-y rounded-lg border bg-surface">
        {data.items.map((profile) => (
          <li key={profile.id} className="flex items-center gap-3 px-4 py-2">
            <span className="min-w-0 flex-1 truncate">{profile.name}</span>
            <span className="text-sm text-ink-2">
              <When iso={profile.updated_at} />
            </span>
            <IconButton
              label={t('import.saved.delete', { name: profile.name })}
              disabled={remove.isPending}
              onClick={() => remove.mutate(profile.id)}
            >
              <Trash2 size={16} aria-hidden />
            </IconButton>
          </li>
        ))}
      </ul>
    </section>
  );
}

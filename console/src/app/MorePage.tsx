import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { sessionQuery } from '../api/queries';
import { useI18n } from '../i18n/context';
import { Card, PageHeader } from '../ui/page';
import { groupsFor } from './places';

/** The places that a phone has no room for at the foot of the screen. */
export function MorePage() {
  const { t } = useI18n();
  const { data: session } = useQuery(sessionQuery);
  return (
    <>
      <PageHeader title={t('nav.more')} />
      <div className="grid max-w-2xl gap-4 px-4 pb-8 md:px-6">
        {groupsFor(session?.permissions ?? []).map(({ label, places }) => (
          <Card key={label} title={t(label)}>
            <ul>
              {places.map(({ to, icon: Icon, label: name, body }) => (
                <li key={to} className="border-t first:border-t-0">
                  <Link to={to} className="flex items-center gap-3 px-4 py-3 hover:bg-hover">
                    <Icon size={18} aria-hidden className="shrink-0 text-ink-2" />
                    <span className="min-w-0 flex-1">
                      <span className="block font-medium">{t(name)}</span>
                      <span className="block text-sm text-ink-2">{t(body)}</span>
                    </span>
                    <ChevronRight size={16} aria-hidden className="shrink-0 text-ink-3" />
                  </Link>
                </li>
              ))}
            </ul>
          </Card>
        ))}
      </div>
    </>
  );
}

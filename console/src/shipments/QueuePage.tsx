import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { CircleCheck, ListOrdered } from 'lucide-react';
import { queueSummaryQuery } from '../api/queries';
import { useI18n } from '../i18n/context';
import { buttonClass } from '../ui/Button';
import { EmptyState } from '../ui/states';
import { SummaryStrip } from './SummaryStrip';
import { Worklist } from './Worklist';

const route = getRouteApi('/app/cola');

export function QueuePage() {
  const { t } = useI18n();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Worklist
      source="queue"
      title={t('queue.title')}
      search={search}
      onSearch={(next, replace) => void navigate({ search: next, replace })}
      strip={(setLevel) => <SummaryStrip level={search.level} onLevel={setLevel} />}
      empty={<EmptyQueue />}
    />
  );
}

function EmptyQueue() {
  const { t } = useI18n();
  const { data } = useQuery(queueSummaryQuery);
  const everLoaded = Boolean(data?.last_import);
  return (
    <EmptyState
      icon={everLoaded ? CircleCheck : ListOrdered}
      title={t(everLoaded ? 'queue.clear' : 'queue.empty')}
      body={t(everLoaded ? 'queue.clear.body' : 'queue.empty.body')}
    >
      <Link to="/importar" className={buttonClass('primary')}>
        {t('queue.empty.action')}
      </Link>
    </EmptyState>
  );
}

import { useMutation, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import {
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CircleX,
  Hourglass,
  Plug,
  Settings2,
  Unplug,
  WifiOff,
  type LucideIcon,
} from 'lucide-react';
import { connectionsQuery, testCarrier } from '../api/carriers';
import type { CarrierConnection, Page } from '../api/types';
import { useI18n } from '../i18n/context';
import type { MessageKey } from '../i18n/es';
import { Button, IconButton } from '../ui/Button';
import { Chip, type Tone } from '../ui/Chip';
import { DataList, type DataColumn } from '../ui/DataList';
import { FailureNotice, ListCard, NothingHere } from '../ui/ListCard';
import { When } from '../ui/When';

export interface ConnectionAction {
  name: 'connect' | 'disconnect';
  connection: CarrierConnection;
}

interface ConnectionListProps {
  query: UseQueryResult<Page<CarrierConnection>>;
  onAction: (action: ConnectionAction) => void;
}

export function ConnectionList({ query, onAction }: ConnectionListProps) {
  const { t } = useI18n();
  const client = useQueryClient();
  const columns = useColumns();
  const test = useMutation({
    mutationFn: (carrier: string) => testCarrier(carrier),
    onSettled: () => client.invalidateQueries({ queryKey: connectionsQuery.queryKey }),
  });
  return (
    <>
      <FailureNotice error={test.error} />
      <ListCard
        title={t('carriers.connections')}
        body={t('carriers.connections.body')}
        tools={
          <p role="status" className="text-sm font-medium empty:hidden">
            {test.data && <Tested connection={test.data} />}
          </p>
        }
        query={query}
        empty={<NothingHere>{t('carriers.state.not_connected')}</NothingHere>}
      >
        {(rows) => (
          <DataList
            label={t('carriers.connections')}
            rows={rows}
            rowKey={({ carrier }) => carrier}
            columns={columns}
            actionsLabel={t('list.actions')}
            actions={(connection) => (
              <Actions
                connection={connection}
                onAction={onAction}
                onTest={() => test.mutate(connection.carrier)}
                testing={test.isPending && test.variables === connection.carrier}
              />
            )}
          />
        )}
      </ListCard>
    </>
  );
}

function useColumns(): DataColumn<CarrierConnection>[] {
  const { t } = useI18n();
  return [
    {
      key: 'name',
      header: t('carriers.name'),
      cell: ({ name, aggregator }) => (
        <>
          {name}
          {aggregator && (
            <span className="block text-xs font-normal text-ink-2">
              {t('carriers.aggregators.body')}
            </span>
          )}
        </>
      ),
    },
    {
      key: 'state',
      header: t('carriers.state'),
      cell: (connection) => <StateChip connection={connection} />,
    },
    {
      key: 'answered',
      header: t('carriers.answered'),
      cell: ({ answered_at }) =>
        answered_at ? (
          <When iso={answered_at} className="text-ink-2" />
        ) : (
          <span className="text-ink-3">–</span>
        ),
    },
  ];
}

const LOOKS: Record<string, { tone: Tone; icon: LucideIcon }> = {
  not_connected: { tone: 'grey', icon: CircleDashed },
  untested: { tone: 'amber', icon: CircleHelp },
  connected: { tone: 'green', icon: CircleCheck },
  refused: { tone: 'red', icon: CircleX },
  throttled: { tone: 'amber', icon: Hourglass },
  unreachable: { tone: 'orange', icon: WifiOff },
  unreadable: { tone: 'orange', icon: CircleHelp },
  question_refused: { tone: 'orange', icon: CircleX },
};

function useStateWords() {
  const { lookUp } = useI18n();
  return (state: string) => lookUp(`carriers.state.${state}` as MessageKey) ?? state;
}

function StateChip({ connection: { state, detail } }: { connection: CarrierConnection }) {
  const words = useStateWords();
  const { tone, icon } = LOOKS[state] ?? { tone: 'grey', icon: CircleHelp };
  return (
    <Chip tone={tone} icon={icon} title={detail ?? undefined}>
      {words(state)}
    </Chip>
  );
}

function Tested({ connection: { name, state } }: { connection: CarrierConnection }) {
  const { t } = useI18n();
  const words = useStateWords();
  return t('carriers.tested', { name, state: words(state) });
}

interface ActionsProps {
  connection: CarrierConnection;
  onAction: (action: ConnectionAction) => void;
  onTest: () => void;
  testing: boolean;
}

function Actions({ connection, onAction, onTest, testing }: ActionsProps) {
  const { t } = useI18n();
  const { name, version } = connection;
  if (version === 0) {
    return (
      <IconButton
        label={t('carriers.connect.of', { name })}
        onClick={() => onAction({ name: 'connect', connection })}
      >
        <Plug size={16} aria-hidden />
      </IconButton>
    );
  }
  return (
    <>
      <Button
        kind="quiet"
        aria-label={t('carriers.test.of', { name })}
        disabled={testing}
        onClick={onTest}
      >
        {t(testing ? 'carriers.testing' : 'carriers.test')}
      </Button>
      <IconButton
        label={t('carriers.change.of', { name })}
        onClick={() => onAction({ name: 'connect', connection })}
      >
        <Settings2 size={16} aria-hidden />
      </IconButton>
      <IconButton
        label={t('carriers.disconnect.of', { name })}
        onClick={() => onAction({ name: 'disconnect', connection })}
      >
        <Unplug size={16} aria-hidden />
      </IconButton>
    </>
  );
}

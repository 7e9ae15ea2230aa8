import type { UseQueryResult } from '@tanstack/react-query';
import { Download, Pencil, Plus, Trash2, Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import type { Page, StatusMapping } from '../api/types';
import { useI18n } from '../i18n/context';
import { downloadText } from '../lib/csv';
import { mappingsCsv, readMappingsCsv, type MappingFile } from '../lib/mappings';
import { useCarriers } from '../shipments/useCarriers';
import { Button, IconButton } from '../ui/Button';
import { DataList, type DataColumn } from '../ui/DataList';
import { ListCard, NothingHere } from '../ui/ListCard';
import { ImportDialog } from './ImportDialog';
import type { MappingStart } from './MapDialog';
import { MappingMeaning } from './MappingMeaning';

const FILE_NAME = 'litper-estados.csv';
const NEW: MappingStart = { phrase: '', carrier: null };

interface MappingListProps {
  query: UseQueryResult<Page<StatusMapping>>;
  mayMap: boolean;
  onStart: (start: MappingStart) => void;
  onSaved: (mappings: readonly StatusMapping[]) => void;
  onRemove: (mapping: StatusMapping) => void;
}

/** The organisation's own mappings. */
export function MappingList({ query, mayMap, onStart, onSaved, onRemove }: MappingListProps) {
  const { t } = useI18n();
  const { nameOf } = useCarriers();
  const columns: DataColumn<StatusMapping>[] = [
    {
      key: 'phrase',
      header: t('mapping.phrase'),
      cell: ({ phrase }) => <span className="break-words">{phrase}</span>,
    },
    {
      key: 'carrier',
      header: t('table.carrier'),
      cell: ({ carrier_code: code }) => (code ? nameOf(code) : t('mapping.carrier.any')),
    },
    {
      key: 'meaning',
      header: t('mapping.status'),
      cell: (mapping) => <MappingMeaning mapping={mapping} />,
    },
  ];
  return (
    <ListCard
      title={t('mappings.title')}
      body={t('mappings.body')}
      query={query}
      tools={<Tools mappings={query.data?.items} {...{ mayMap, onStart, onSaved }} />}
      empty={<NothingHere>{t('mappings.empty')}</NothingHere>}
    >
      {(rows) => (
        <DataList
          label={t('mappings.title')}
          rows={rows}
          rowKey={(row) => `${row.carrier_code}:${row.phrase}`}
          columns={columns}
          actionsLabel={t('list.actions')}
          actions={
            mayMap
              ? (mapping) => (
                  <>
                    <IconButton
                      label={t('mapping.change.of', { phrase: mapping.phrase })}
                      onClick={() =>
                        onStart({
                          phrase: mapping.phrase,
                          carrier: mapping.carrier_code,
                          current: mapping,
                        })
                      }
                    >
                      <Pencil size={16} aria-hidden />
                    </IconButton>
                    <IconButton
                      label={t('mapping.remove.of', { phrase: mapping.phrase })}
                      onClick={() => onRemove(mapping)}
                    >
                      <Trash2 size={16} aria-hidden />
                    </IconButton>
                  </>
                )
              : undefined
          }
        />
      )}
    </ListCard>
  );
}

interface ToolsProps extends Pick<MappingListProps, 'mayMap' | 'onStart' | 'onSaved'> {
  mappings: readonly StatusMapping[] | undefined;
}

function Tools({ mappings, mayMap, onStart, onSaved }: ToolsProps) {
  const { t } = useI18n();
  const input = useRef<HTMLInputElement>(null);
  const [read, setRead] = useState<{ file: MappingFile | null }>();
  const open = async (file: File | undefined) => {
    if (file) setRead({ file: readMappingsCsv(await file.text()) });
    if (input.current) input.current.value = '';
  };
  return (
    <div className="flex flex-wrap gap-2">
      {mayMap && (
        <>
          <Button disabled={!mappings} onClick={() => input.current?.click()}>
            <Upload size={15} aria-hidden />
            {t('mapping.import.choose')}
          </Button>
          <input
            ref={input}
            type="file"
            accept=".csv,text/csv"
            hidden
            aria-label={t('mapping.import')}
            onChange={({ target }) => void open(target.files?.[0])}
          />
        </>
      )}
      <Button
        disabled={!mappings || mappings.length === 0}
        onClick={() => downloadText(FILE_NAME, mappingsCsv(mappings ?? []))}
      >
        <Download size={15} aria-hidden />
        {t('mapping.export')}
      </Button>
      {mayMap && (
        <Button onClick={() => onStart(NEW)}>
          <Plus size={15} aria-hidden />
          {t('mapping.new')}
        </Button>
      )}
      {read && mappings && (
        <ImportDialog
          file={read.file}
          current={mappings}
          onClose={() => setRead(undefined)}
          onSaved={onSaved}
        />
      )}
    </div>
  );
}

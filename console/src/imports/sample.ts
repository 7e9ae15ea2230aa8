import { toCsv } from '../lib/csv';

const HEADER = [
  'fecha',
  'telefono',
  'numero_de_guia',
  'estatus',
  'ciudad_de_destino',
  'transportadora',
  'novedad',
  'fecha_de_ultimo_movimiento',
  'ultimo_movimiento',
  'fecha_de_generacion_de_guia',
] as const;

interface SampleRow {
  phone: string;
  tracking: string;
  status: string;
  city: string;
  carrier: string;
  novelty: string;
  daysStill: number;
  movement: string;
}

const ROWS: readonly SampleRow[] = [
  {
    phone: '3000000001',
    tracking: '70000000001',
    status: 'EN REPARTO',
    city: 'BOGOTA',
    carrier: 'COORDINADORA',
    novelty: '',
    daysStill: 0,
    movement: 'Salió a reparto',
  },
  {
    phone: '3000000002',
    tracking: '700000000002',
    status: 'NOVEDAD',
    city: 'CALI',
    carrier: 'ENVIA',
    novelty: 'Dirección incompleta',
    daysStill: 3,
    movement: 'No se logra la entrega',
  },
  {
    phone: '3000000003',
    tracking: '2400000000003',
    status: 'EN OFICINA',
    city: 'PASTO',
    carrier: 'SERVIENTREGA',
    novelty: '',
    daysStill: 5,
    movement: 'Disponible en oficina',
  },
];

const DAY_MS = 24 * 3_600_000;

function slashDate(time: number): string {
  const [year, month, day] = new Date(time).toISOString().slice(0, 10).split('-');
  return `${day}/${month}/${year}`;
}

/** A small invented report, dated around today so that it fills the queue. */
export function sampleReport(now: Date): string {
  const rows = ROWS.map((row) => {
    const moved = slashDate(now.getTime() - row.daysStill * DAY_MS);
    const created = slashDate(now.getTime() - (row.daysStill + 3) * DAY_MS);
    return [
      moved,
      row.phone,
      row.tracking,
      row.status,
      row.city,
      row.carrier,
      row.novelty,
      `${moved} 08:10`,
      row.movement,
      created,
    ];
  });
  return toCsv([HEADER, ...rows]);
}

import { request } from '../api/client';
import type { components } from '../api/openapi';

type Schemas = components['schemas'];
export type Paste = Schemas['Paste'];
export type PasteRead = Schemas['PasteRead'];
export type PastedShipment = Schemas['PastedShipment'];

export const readPaste = (paste: Paste) =>
  request<PasteRead>('/v1/pastes/preview', { method: 'POST', body: paste });

export const importPaste = (paste: Paste) =>
  request<{ id: string }>('/v1/pastes', { method: 'POST', body: paste });

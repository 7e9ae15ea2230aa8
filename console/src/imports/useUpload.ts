import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { importsQuery } from '../api/queries';
import { uploadImport, type UploadProgress } from '../api/upload';
import { reportIfExpired } from '../app/queryClient';

export type UploadState =
  | { step: 'idle' }
  | { step: 'uploading'; file: File; progress: UploadProgress }
  | { step: 'refused'; file: File; error: unknown }
  | { step: 'accepted'; id: string };

export interface Upload {
  state: UploadState;
  start: (file: File, review: boolean) => void;
  cancel: () => void;
}

/** One upload at a time; starting another cancels the one under way. */
export function useUpload(): Upload {
  const queryClient = useQueryClient();
  const [state, setState] = useState<UploadState>({ step: 'idle' });
  const abort = useRef<AbortController>(null);

  const cancel = useCallback(() => {
    abort.current?.abort();
    abort.current = null;
    setState({ step: 'idle' });
  }, []);

  const start = useCallback(
    (file: File, review: boolean) => {
      abort.current?.abort();
      const controller = new AbortController();
      abort.current = controller;
      const show = (next: UploadState) => {
        if (abort.current === controller) setState(next);
      };
      show({ step: 'uploading', file, progress: { sent: 0, total: file.size } });
      uploadImport(
        file,
        review,
        (progress) => show({ step: 'uploading', file, progress }),
        controller.signal,
      )
        .then(({ id }) => {
          show({ step: 'accepted', id });
          return queryClient.invalidateQueries({ queryKey: importsQuery.queryKey });
        })
        .catch((error: unknown) => {
          reportIfExpired(error);
          show({ step: 'refused', file, error });
        });
    },
    [queryClient],
  );
  return { state, start, cancel };
}

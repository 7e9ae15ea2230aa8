import { ApiError, getCsrfToken, localProblem, parseProblem } from './client';

export interface UploadProgress {
  sent: number;
  total: number;
}

const UPLOAD_TIMEOUT_MS = 10 * 60_000;

/**
 * With `review` the file waits until somebody lets it in.
 * Uploads with XMLHttpRequest, the only browser interface that reports bytes sent.
 */
export function uploadImport(
  file: File,
  review: boolean,
  onProgress: (progress: UploadProgress) => void,
  signal: AbortSignal,
): Promise<{ id: string }> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open('POST', review ? '/v1/imports?review=true' : '/v1/imports');
    xhr.timeout = UPLOAD_TIMEOUT_MS;
    xhr.setRequestHeader('Accept', 'application/json');
    const csrf = getCsrfToken();
    if (csrf) xhr.setRequestHeader('X-CSRF-Token', csrf);
    xhr.upload.onprogress = (event) => onProgress({ sent: event.loaded, total: event.total });
    xhr.onload = () => {
      if (xhr.status >= 200 && xhr.status < 300) {
        resolve(JSON.parse(xhr.responseText) as { id: string });
        return;
      }
      const problem = parseProblem(xhr.status, xhr.responseText);
      reject(new ApiError(problem, xhr.getResponseHeader('X-Request-Id')));
    };
    xhr.onerror = () => reject(localProblem('network', 'No connection'));
    xhr.ontimeout = () => reject(localProblem('timeout', 'Timed out'));
    xhr.onabort = () => reject(localProblem('aborted', 'Cancelled'));
    signal.addEventListener('abort', () => xhr.abort(), { once: true });
    const form = new FormData();
    form.append('file', file, file.name);
    xhr.send(form);
  });
}

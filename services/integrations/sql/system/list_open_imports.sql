select id
from imports
where status in ('queued', 'running') or (status in ('held', 'failed') and phase = 'waiting')

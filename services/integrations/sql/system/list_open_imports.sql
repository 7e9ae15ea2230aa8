select id
from imports
where status in ('queued', 'running', 'held')

select s.source, s.domain, s.status, s.created_at, s.activated_at, s.previous_until
from shop_domains s

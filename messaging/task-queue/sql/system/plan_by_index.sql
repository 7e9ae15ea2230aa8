select 'SQLite has no planner settings, and follows the indexes'

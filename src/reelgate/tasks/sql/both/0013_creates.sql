-- The limit was always one of creates: queries never counted.
ALTER TABLE projects RENAME COLUMN requests_per_minute TO creates_per_minute;
ALTER TABLE keys RENAME COLUMN requests_per_minute TO creates_per_minute;
-- only postgres
ALTER TABLE projects RENAME CONSTRAINT projects_requests_per_minute_check TO projects_creates_per_minute_check;
ALTER TABLE keys RENAME CONSTRAINT keys_requests_per_minute_check TO keys_creates_per_minute_check;

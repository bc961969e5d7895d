-- beside 0015
-- Keys whose calls are refused for fields and parameters that nobody knows.
ALTER TABLE keys ADD COLUMN strict {integer} NOT NULL DEFAULT 0 CHECK (strict IN (0, 1));

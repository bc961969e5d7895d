-- beside 0015
-- What a parked submission is billed with if its vendor makes it: known also once its task is deleted.
ALTER TABLE parked ADD COLUMN owed_micros {integer};
